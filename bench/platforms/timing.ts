/** The clock of a caller: from the first call to its answer, then call after call. */
import { performance } from 'node:perf_hooks';
import type { Stage } from '../path.ts';
import { median } from '../statistics.ts';
import type { Measure, Sample, Work } from './platform.ts';

/** Asks for fib(n). */
export type Call = (n: number) => Promise<number>;
/** Starts what a first call has to start. */
export type Start = () => Promise<Call>;
/** Makes the function ready for its first call, outside the clock; what it starts on the stage is stopped after the last. */
export type Deploy = (stage: Stage) => Promise<Start>;

/** @returns a measure that stops after each deployment what it started */
export function byClock(stage: Stage, deploy: Deploy): Measure {
  return async (work) => {
    const processes = stage.processes.part();
    try {
      return await timeCalls(await deploy({ ...stage, processes }), work);
    } finally {
      await processes.stop();
    }
  };
}

/** @throws Error when an answer is wrong */
export async function timeCalls(start: Start, { n, expected, warmUpMs, calls, forMs }: Work): Promise<Sample> {
  const time = async (call: () => Promise<number>): Promise<number> => {
    const beganMs = performance.now();
    const answer = await call();
    const ms = performance.now() - beganMs;
    if (answer !== expected) throw new Error(`fib(${n}) was answered with ${answer}, not ${expected}`);
    return ms;
  };
  let call: Call = () => Promise.reject(new Error('not started'));
  const coldMs = await time(async () => {
    call = await start();
    return call(n);
  });
  const warmUntilMs = performance.now() + warmUpMs;
  while (performance.now() < warmUntilMs) await time(() => call(n));
  const untilMs = performance.now() + forMs;
  const warm: number[] = [];
  do warm.push(await time(() => call(n)));
  while (warm.length < calls && performance.now() < untilMs);
  return { coldMs, warmMs: median(warm) };
}
