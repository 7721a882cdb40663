/** One timed run against one path, its answer checked before and after. */
import { join } from 'node:path';
import type { Processes } from '../processes.ts';
import { parseReport, type Sample } from './report.ts';

export interface Load {
  readonly url: string;
  /** The body that a right answer has. */
  readonly expected: string;
  readonly connections: number;
  readonly seconds: number;
}

export type LoadGenerator = 'wrk' | 'autocannon';

/** @returns wrk when it is on the PATH: it takes less of the machine it shares with what it measures */
export async function chooseLoadGenerator(processes: Processes): Promise<LoadGenerator> {
  return (await processes.isOnPath('wrk')) ? 'wrk' : 'autocannon';
}

/** @throws Error when the path answers wrong before or after the run, or the load generator fails */
export async function applyLoad(processes: Processes, generator: LoadGenerator, load: Load): Promise<Sample> {
  await verifyAnswer(load);
  const { url, connections, seconds } = load;
  const output =
    generator === 'wrk'
      ? await processes.run('wrk', [
          '-t',
          '1',
          '-c',
          `${connections}`,
          '-d',
          `${seconds}s`,
          '-s',
          join(import.meta.dirname, 'report.lua'),
          url,
        ])
      : await processes.run(process.execPath, [join(import.meta.dirname, 'autocannon.js'), url, `${connections}`, `${seconds}`]);
  await verifyAnswer(load);
  return parseReport(output);
}

/** @throws Error unless the URL answers 200 with the expected body */
export async function verifyAnswer({ url, expected }: Pick<Load, 'url' | 'expected'>): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  const body = await response.text();
  if (response.status !== 200 || body !== expected) {
    throw new Error(`${url} answered ${response.status} ${JSON.stringify(body.slice(0, 200))}, not 200 ${JSON.stringify(expected)}`);
  }
}
