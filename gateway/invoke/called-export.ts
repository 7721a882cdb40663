/** Which export a call names. Pure. */
import { BantamError } from '../../contracts/errors.ts';
import { findExport } from '../../contracts/export-names.ts';
import type { ExportSignature, FunctionVersion } from '../../contracts/function.ts';
import { formatSignature, whyNotCallable } from '../../contracts/signature.ts';

/** How many signatures an answer lists; it says how many more there are. */
const listed = 50;

/**
 * @param name any name of `findExport`; undefined: the entry
 * @throws BantamError EXPORT_NOT_FOUND listing those that can be called
 */
export function calledExport(version: FunctionVersion, name: string | undefined): ExportSignature {
  const wanted = name ?? version.entry;
  const signature = findExport(version.exports, wanted);
  if (signature !== undefined && signature !== 'ambiguous' && signature.callable) return signature;
  const callable = version.exports.filter((candidate) => candidate.callable);
  const exports = callable.slice(0, listed).map(formatSignature);
  const more = callable.length > listed ? ` and ${callable.length - listed} more` : '';
  throw new BantamError('EXPORT_NOT_FOUND', `${why(wanted, signature)}; exports: ${exports.join('; ')}${more}`, { exports });
}

function why(name: string, signature: ReturnType<typeof findExport>): string {
  if (signature === undefined) return `there is no exported function ${JSON.stringify(name)}`;
  if (signature === 'ambiguous') return `several exported functions can be meant by ${JSON.stringify(name)}: name its interface, too`;
  return whyNotCallable(signature);
}
