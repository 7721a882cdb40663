/** Which functions of a core module V8's optimizing compiler compiles before the first call, and how. Measurements: docs/decisions/0016. */
import { readKernels } from '../wasm/kernels.ts';
import { WasmFormatError } from '../wasm/reader.ts';
import { readSections, sectionIds } from '../wasm/sections.ts';

export interface Tiering {
  /** A bit per defined function, the first one lowest: V8's `--wasm-tier-mask-for-testing`. */
  readonly optimized: number;
  /** Whether V8 may unroll their loops. */
  readonly unrollLoops: boolean;
}

export const tieringLimits = {
  /** V8's mask has no more bits. */
  functions: 32,
  /** Size of the code section. Optimizing costs about a millisecond per KiB, and what is not optimized is compiled along by the baseline compiler. */
  codeBytes: 8_192,
} as const;

/**
 * V8 cannot replace code on the stack: a loop that is entered in baseline code stays in it for that whole call. So functions that loop and call nothing are
 * optimized at once. Those that call wait for V8's own tiering, which counts calls and then knows which ones to inline.
 * @param bytes a core module, valid or not
 * @returns undefined to leave the module to V8
 */
export function chooseTiering(bytes: Uint8Array): Tiering | undefined {
  try {
    const sections = readSections(bytes);
    const code = sections.find(({ id }) => id === sectionIds.code);
    if (code === undefined || code.end - code.bodyStart > tieringLimits.codeBytes) return undefined;
    const kernels = readKernels(bytes, sections, tieringLimits.functions);
    if (kernels.length === 0) return undefined;
    return {
      optimized: kernels.reduce((mask, { index }) => mask | (1 << index), 0),
      // Unrolled, a decision stands in several places, and the processor learns each of them anew.
      unrollLoops: !kernels.some(({ forks }) => forks),
    };
  } catch (error) {
    if (error instanceof WasmFormatError) return undefined;
    throw error;
  }
}
