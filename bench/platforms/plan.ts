/** Which platforms are measured, at what, and which of them are compared. */
import { bantamCluster, bantamEmbedded } from './bantam.ts';
import { nativeClang, nativeGcc, nodeRun, wasmtimeRun } from './commands.ts';
import { bareCall, bareFastify } from './floors.ts';
import { lambdaNode } from './lambda.ts';
import { openwhiskDockerNode, openwhiskDockerWasmtime, openwhiskNode } from './openwhisk.ts';
import type { Sample, Work } from './platform.ts';
import type { Entry } from './rounds.ts';
import { wasmtimeServePooled, wasmtimeServeUnpooled, workerdFresh, workerdReused } from './servers.ts';

/** `fib`: fib(42), the work of the research. `nothing`: fib(0), which compares once and returns; what it takes is the platform's. */
export type WorkName = 'fib' | 'nothing';

const both: readonly WorkName[] = ['fib', 'nothing'];

const platforms = [
  bareCall,
  nativeClang,
  nativeGcc,
  wasmtimeRun,
  nodeRun,
  openwhiskDockerWasmtime,
  openwhiskDockerNode,
  openwhiskNode,
  lambdaNode,
  workerdFresh,
  workerdReused,
  wasmtimeServePooled,
  wasmtimeServeUnpooled,
  bantamEmbedded,
  bantamCluster,
];

export const entries: readonly Entry<WorkName>[] = [
  { platform: bareFastify, works: ['nothing'] },
  ...platforms.map((platform) => ({ platform, works: both })),
];

const fib = { n: 42, expected: 267_914_296, warmUpMs: 0, forMs: Number.POSITIVE_INFINITY } as const;
const nothing = { n: 0, expected: 0, calls: Number.POSITIVE_INFINITY } as const;

/** Servers of JavaScript get faster over their first thousands of calls: hence the warm-up, of which processes per call have nothing. */
export function worksOf(quick: boolean): ReadonlyMap<WorkName, Work> {
  const ms = quick ? 300 : 1_500;
  return new Map([
    ['fib', { ...fib, calls: quick ? 1 : 5 }],
    ['nothing', { ...nothing, warmUpMs: ms, forMs: ms }],
  ]);
}

export interface ComparedFigure {
  readonly of: string;
  readonly work: WorkName;
  readonly figure: keyof Sample;
  /** Peers that are not compared in it. */
  readonly except: readonly string[];
}

export const ours: readonly string[] = [bantamEmbedded.name, bantamCluster.name];
export const comparedFigures: readonly ComparedFigure[] = [
  { of: 'fib(42), first call', work: 'fib', figure: 'coldMs', except: [] },
  { of: 'fib(42), following calls', work: 'fib', figure: 'warmMs', except: [] },
  // Nothing was started for the first call of bare-fastify.
  { of: 'nothing, first call', work: 'nothing', figure: 'coldMs', except: [bareFastify.name, bareCall.name] },
  // A thousand times the nanoseconds of a bare call says nothing; the difference is in the table.
  { of: 'nothing, following calls', work: 'nothing', figure: 'warmMs', except: [bareCall.name] },
];
