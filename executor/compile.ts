/** Compiles core modules: the one place where guests' bytes become machine code. */
import { setFlagsFromString } from 'node:v8';
import { chooseTiering, type Tiering } from './tiering.ts';

/**
 * V8 keeps a copy of the bytes.
 * @throws WebAssembly.CompileError
 */
export function compileModule(bytes: Uint8Array): WebAssembly.Module {
  const tiering = chooseTiering(bytes);
  if (tiering !== undefined) setFlags(tiering);
  try {
    return new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
  } finally {
    if (tiering !== undefined) setFlags(asV8Starts);
  }
}

const asV8Starts: Tiering = { optimized: 0, unrollLoops: true };

/**
 * Safe while V8 compiles other modules in the background: the first two are read by the first compilation of a function only, which this thread
 * waits for; the third at one place, and either value is right. `--no-liftoff` is not: V8 aborts when it changes between two looks.
 */
function setFlags({ optimized, unrollLoops }: Tiering): void {
  setFlagsFromString(`--wasm-tier-mask-for-testing=${optimized}`);
  setFlagsFromString(optimized === 0 ? '--wasm-lazy-compilation' : '--no-wasm-lazy-compilation');
  setFlagsFromString(unrollLoops ? '--wasm-loop-unrolling' : '--no-wasm-loop-unrolling');
}
