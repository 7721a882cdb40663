/** Log lines for people: one short line each, errors with their stack below. Pure. */
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const styles: Readonly<Record<string, Style>> = {
  trace: 'gray',
  debug: 'gray',
  info: 'green',
  warn: 'yellow',
  error: 'red',
  fatal: ['bold', 'red'],
};

/** Control characters but tab and line feed: a log line may carry what a guest or a caller wrote, and none of it is for the terminal. */
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * @param json  a line as pino writes it
 * @param paint default: colours, unless NO_COLOR asks for none
 * @returns the line for a terminal, with its end; what is no JSON stays as it is
 */
export function prettyLine(json: string, paint: Paint = styleText): string {
  const entry = parse(json);
  if (entry === undefined) return json;
  const { level, time, pid: _pid, name: _name, msg, err, ...fields } = entry;
  const word = String(level);
  const clock = typeof time === 'string' ? time.slice(11, 23) : '';
  const members = Object.entries(fields).map(([key, value]) => `${paint('gray', `${key}=`)}${plain(textOf(value))}`);
  const head = [paint('gray', clock), paint(styles[word] ?? 'white', word.padEnd(5)), plain(textOf(msg ?? ''))];
  return `${[...head, ...members].join(' ')}\n${stackOf(err)}`;
}

function parse(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** As pino's serializer leaves it. */
function stackOf(err: unknown): string {
  if (typeof err !== 'object' || err === null) return '';
  const { stack, message } = err as { readonly stack?: unknown; readonly message?: unknown };
  const text = plain(textOf(stack ?? message ?? err));
  return `${text.replaceAll(/^/gm, '    ')}\n`;
}

function plain(text: string): string {
  return text.replaceAll(control, '\u{fffd}');
}
