/** An exact number of calls, as fast as so many connections carry them. */
import { join } from 'node:path';
import type { Processes } from '../processes.ts';
import { bodyArguments, type Load } from './load.ts';

/** What came of it. */
export interface Amount {
  /** Calls answered with a success. */
  readonly accepted: number;
  /** When the first answer came, epoch milliseconds. */
  readonly firstAtMs: number;
}

/** @throws Error when the load generator fails */
export async function sendAmount(
  processes: Processes,
  { url, call, connections }: Pick<Load, 'url' | 'call' | 'connections'>,
  count: number,
): Promise<Amount> {
  const program = join(import.meta.dirname, 'amount.js');
  const body = await bodyArguments(processes, call);
  return parseAmount(await processes.run(process.execPath, [program, url, `${connections}`, `${count}`, ...body]));
}

/**
 * @param text one line of JSON
 * @throws Error when it is not whole
 */
export function parseAmount(text: string): Amount {
  const { accepted, firstAtMs } = JSON.parse(text) as Readonly<Record<keyof Amount, unknown>>;
  if (typeof accepted !== 'number' || typeof firstAtMs !== 'number') throw new Error(`this is no report of calls: ${text.trim()}`);
  return { accepted, firstAtMs };
}
