/** What is read from the runs: the figures of tables and comparisons. Pure. */
import { median } from '../statistics.ts';
import type { Call, Run } from './contender.ts';

/** One figure of a run; undefined where the run has none. */
export type Measure = (run: Run) => number | undefined;

/** The calls before it may be slower: V8 compiles what is hot in the background, and uses it from the next call on. */
const steadyFrom = 2;

export const firstCallUs: Measure = ({ calls }) => calls?.[0]?.elapsedUs;

export const secondCallUs: Measure = ({ calls }) => calls?.[1]?.elapsedUs;

export const steadyUs: Measure = ({ calls }) => medianOf(calls, ({ elapsedUs }) => elapsedUs);

export const steadyProcessorUs: Measure = ({ calls }) => medianOf(calls, ({ processorUs }) => processorUs);

export const processUs: Measure = (run) => run.processUs;

export const readyUs: Measure = (run) => run.readyUs;

export const residentBytes: Measure = (run) => run.residentBytes;

function medianOf(calls: readonly Call[] = [], value: (call: Call) => number | null): number | undefined {
  const values = calls
    .slice(steadyFrom)
    .map(value)
    .filter((each) => each !== null);
  return values.length === 0 ? undefined : median(values);
}

/** @returns round by round; undefined when one round lacks it */
export function valuesOf(rounds: readonly Run[], measure: Measure): number[] | undefined {
  const values = rounds.map(measure).filter((value) => value !== undefined);
  return values.length === 0 || values.length < rounds.length ? undefined : values;
}
