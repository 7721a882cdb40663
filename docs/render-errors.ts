/** docs/errors.md: the error catalogue as a page. */
import { errorCatalogue } from '../contracts/error-catalogue.ts';
import type { Blame, ErrorRow } from '../contracts/error-row.ts';
import { generatedFrom, markdownTable } from './markdown.ts';

const introduction = `# Errors

A request that fails is answered with \`application/problem+json\` ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)): \`type\`, \`title\`, \`status\` and
\`detail\`, and our own \`code\`, \`blame\`, \`retryable\` and \`help\`; some errors add members, such as the signature of the function or the trap. Codes never
change their meaning. "Retry" says whether the same request may succeed later without being changed.`;

const headings: Readonly<Record<Blame, string>> = {
  caller: 'For the caller to correct',
  guest: 'For the author of the function to correct',
  platform: 'For the operator to look at',
};

export function renderErrors(): string {
  const rows: [string, ErrorRow][] = Object.entries(errorCatalogue);
  const sections = (['caller', 'guest', 'platform'] as const).map((blame) => {
    const cells = rows
      .filter(([, row]) => row.blame === blame)
      .map(([code, row]) => [`\`${code}\``, String(row.status), row.retryable ? 'yes' : 'no', `${row.title}.`, row.help]);
    return `## ${headings[blame]}\n\n${markdownTable(['Code', 'Status', 'Retry', 'What happened', 'What to do'], cells)}\n`;
  });
  return `${generatedFrom('contracts/error-catalogue.ts')}\n\n${introduction}\n\n${sections.join('\n')}`;
}
