/** All contenders, in the order of their columns. */
import type { Contender } from './contender.ts';
import { bantam } from './contenders/bantam.ts';
import { clang, gcc } from './contenders/native.ts';
import { runtimeContenders } from './contenders/runtimes.ts';
import { v8, v8Kept } from './contenders/v8.ts';
import { wasm2c } from './contenders/wasm2c.ts';

export const contenders: readonly Contender[] = [clang, gcc, wasm2c, v8, v8Kept, bantam, ...runtimeContenders];
