/** The command line of `npm run export`. Pure. */
import { parseArgs } from 'node:util';
import { BantamError } from '../contracts/errors.ts';
import { type FunctionReference, parseFunctionReference } from '../contracts/names.ts';
import { isTarget, type Target, targetNames } from './targets.ts';

export interface ExportOptions {
  readonly reference: FunctionReference;
  readonly target: Target;
  /** Of the server. */
  readonly url: URL;
  readonly key: string | undefined;
  /** The file to write. */
  readonly out: string;
}

const config = {
  allowPositionals: true,
  options: {
    target: { type: 'string' },
    out: { type: 'string' },
    url: { type: 'string', default: 'http://127.0.0.1:8080' },
    key: { type: 'string' },
  },
} as const;

export const usage = `npm run export -- NAME --target ${targetNames.join('|')} [--out FILE] [--url URL] [--key KEY]
NAME as in calls: fib, fib@3, fib:canary, fib.team; URL of a running server, http://127.0.0.1:8080 by default`;

/** What is wrong with a command line. */
export class UsageError extends Error {
  constructor(message: string) {
    super(`${message}\n${usage}`);
    this.name = 'UsageError';
  }
}

/** @throws UsageError */
export function parseOptions(args: readonly string[]): ExportOptions {
  const { values, positionals } = parse(args);
  const [text, ...more] = positionals;
  if (text === undefined || more.length > 0) throw new UsageError(text === undefined ? 'no function is named' : 'one function at a time');
  const reference = parseReference(text);
  const { target } = values;
  if (target === undefined) throw new UsageError('--target is missing');
  if (!isTarget(target)) throw new UsageError(`there is no target ${JSON.stringify(target)}`);
  const url = URL.parse(values.url);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--url is no address of a server: ${JSON.stringify(values.url)}`);
  return { reference, target, url, key: values.key, out: values.out ?? `${reference.name}-${target}.zip` };
}

function parseReference(text: string): FunctionReference {
  try {
    return parseFunctionReference(text);
  } catch (error) {
    throw error instanceof BantamError ? new UsageError(`${error.message}. ${error.row.help}`) : error;
  }
}

function parse(args: readonly string[]): ReturnType<typeof parseArgs<typeof config>> {
  try {
    return parseArgs({ ...config, args: [...args] });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
