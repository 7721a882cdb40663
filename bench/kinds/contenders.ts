/** All contenders. The first is ours: the others are compared with it. */
import type { Contender } from './contender.ts';
import { bantam } from './contenders/bantam.ts';
import { jcoGlue } from './contenders/jco-glue.ts';
import { nodeWasi } from './contenders/node-wasi.ts';
import { wasmtimeRun } from './contenders/wasmtime-run.ts';

export const contenders: readonly Contender[] = [bantam, nodeWasi, jcoGlue, wasmtimeRun];
