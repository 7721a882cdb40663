/** One timed run against one path, its answer checked before and after. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Processes } from '../processes.ts';
import type { HttpCall } from './call.ts';
import { parseReport, type Sample } from './report.ts';

export interface Load {
  readonly url: string;
  /** Its path is in the URL. */
  readonly call: HttpCall;
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
  const sample = await generateLoad(processes, generator, load);
  await verifyAnswer(load);
  return sample;
}

/** Load alone, for calls whose answers differ. @throws Error when the load generator fails */
export async function generateLoad(
  processes: Processes,
  generator: LoadGenerator,
  { url, call, connections, seconds }: Load,
): Promise<Sample> {
  const body = await bodyArguments(processes, call);
  const [program, ...args] =
    generator === 'wrk'
      ? ['wrk', '-t', '1', '-c', `${connections}`, '-d', `${seconds}s`, '-s', join(import.meta.dirname, 'report.lua'), url, '--']
      : [process.execPath, join(import.meta.dirname, 'autocannon.js'), url, `${connections}`, `${seconds}`];
  return parseReport(await processes.run(program, [...args, ...body]));
}

/** @returns what report.lua and autocannon.js take: nothing, or method, content type and the file of the body */
export async function bodyArguments(processes: Processes, { method, contentType, body }: HttpCall): Promise<string[]> {
  if (body === undefined || contentType === undefined) return [];
  const file = join(processes.temporaryFolder(), 'body');
  await writeFile(file, body);
  return [method, contentType, file];
}

/** @throws Error unless the URL answers 200 with the expected body */
export async function verifyAnswer({ url, call: { method, contentType, body, expected } }: Pick<Load, 'url' | 'call'>): Promise<void> {
  const response = await fetch(url, {
    method,
    signal: AbortSignal.timeout(5_000),
    ...(contentType !== undefined && { headers: { 'content-type': contentType } }),
    ...(body !== undefined && { body: Buffer.from(body) }),
  });
  const answer = Buffer.from(await response.arrayBuffer());
  if (response.status === 200 && answer.equals(expected)) return;
  const short = (bytes: Uint8Array): string => JSON.stringify(Buffer.from(bytes.subarray(0, 200)).toString());
  throw new Error(`${url} answered ${response.status} ${short(answer)}, not 200 ${short(expected)}`);
}
