/** How Bantam's executor compares: program by program, and over all of them as a geometric mean. Pure. */
import type { Comparison } from '../report.ts';
import { type Goal, toRatio } from '../statistics.ts';
import { firstCallUs, type Measure, processUs, secondCallUs, steadyProcessorUs, steadyUs, valuesOf } from './figures.ts';
import type { Measured } from './measure.ts';
import type { Program } from './programs.ts';

/** What of both is compared. */
interface Aspect {
  readonly of: string;
  readonly ours: Measure;
  readonly theirs: Measure;
}

interface Rule {
  readonly aspect: Aspect;
  readonly peers: readonly string[];
  /** Of each program. */
  readonly goal?: Goal;
  /** Of the geometric mean. */
  readonly meanGoal?: Goal;
}

const steady: Aspect = { of: 'steady call', ours: steadyUs, theirs: steadyUs };
const processor: Aspect = { of: 'steady call, processor time', ours: steadyProcessorUs, theirs: steadyProcessorUs };
const first: Aspect = { of: 'first call', ours: firstCallUs, theirs: firstCallUs };
const second: Aspect = { of: 'second call', ours: secondCallUs, theirs: secondCallUs };
/** What such a runtime does for one call is to start a process; ours is there. */
const alone: Aspect = { of: 'first call / process', ours: firstCallUs, theirs: processUs };

/** "Never slower": 5 % is what two equal contenders differ by on a machine that others use, too. */
const notSlower: Goal = { atMost: 1.05 };
const asFast: Goal = { atMost: 1 };

const rules: readonly Rule[] = [
  { aspect: steady, peers: ['clang'], meanGoal: asFast },
  { aspect: processor, peers: ['clang'], meanGoal: asFast },
  { aspect: first, peers: ['clang'], meanGoal: { atMost: 1.25 } },
  { aspect: steady, peers: ['v8'], goal: notSlower },
  { aspect: processor, peers: ['v8'], goal: notSlower },
  { aspect: first, peers: ['v8'], goal: notSlower },
  { aspect: second, peers: ['v8'], goal: notSlower },
  { aspect: steady, peers: ['v8-kept', 'gcc', 'wasm2c'] },
  { aspect: first, peers: ['gcc', 'wasm2c'] },
  { aspect: alone, peers: ['wasmtime', 'wasmer', 'wasmedge', 'iwasm'].flatMap((name) => [name, `${name}-aot`]) },
];

/** @returns by rule and peer the geometric mean of all programs that both ran, and then each of them */
export function compareEngines(programs: readonly Program[], { results }: Pick<Measured, 'results'>): Comparison[] {
  const series = (measure: Measure, contender: string): Series =>
    new Map(
      results
        .filter((result) => result.contender === contender)
        .flatMap(({ program, rounds }) => {
          const values = valuesOf(rounds, measure);
          return values === undefined ? [] : [[program, values] as const];
        }),
    );
  return rules.flatMap(({ aspect: { of, ours, theirs }, peers, goal, meanGoal }) =>
    peers.flatMap((peer) => {
      const [bantam, other] = [series(ours, 'bantam'), series(theirs, peer)];
      const both = programs.filter((program) => bantam.has(program) && other.has(program));
      const compared = (title: string, chosen: readonly Program[], wanted: Goal | undefined): Comparison[] => {
        const ratio = toRatio(geometricMeans(chosen, bantam), geometricMeans(chosen, other));
        return ratio === undefined ? [] : [{ title: `${title}: bantam / ${peer}`, of, ratio, better: 'lower', goal: wanted }];
      };
      const mean = both.length < 2 ? [] : compared(`geometric mean of ${both.length}`, both, meanGoal);
      return mean.concat(both.flatMap((program) => compared(program.name, [program], goal)));
    }),
  );
}

/** Of one contender, by program: a figure for each round. */
type Series = ReadonlyMap<Program, readonly number[]>;

/** @returns the geometric mean over the programs, round by round: the ratio of two such means is the mean of the ratios */
export function geometricMeans(programs: readonly Program[], series: Series): number[] {
  const values = programs.map((program) => series.get(program) ?? []);
  const rounds = Math.min(...values.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, round) => {
    const logarithms = values.map((each) => Math.log(each[round] ?? NaN));
    return Math.exp(logarithms.reduce((sum, logarithm) => sum + logarithm, 0) / values.length);
  });
}
