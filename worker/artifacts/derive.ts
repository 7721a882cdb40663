/** From a module to what executors run: its memories and tables capped, and its state lifted out where it pays. Pure. */
import { rewriteCoreModules } from '../../component/rewrite.ts';
import type { ModuleKind } from '../../contracts/kinds.ts';
import { limits } from '../../contracts/limits.ts';
import { capMemories } from '../../wasm/cap.ts';
import { exposeState } from '../../wasm/expose-state.ts';
import { importMemory } from '../../wasm/import-memory.ts';
import { type MemoryLimits, mostZeroedPages } from '../../wasm/memory-import.ts';
import { readMemorySection } from '../../wasm/module.ts';
import { readSections, sectionIds, sectionReader } from '../../wasm/sections.ts';

/**
 * Of what `deriveModule` makes: raise it with every change that makes something else of the same module. Workers of two versions may
 * share a disk; each finds what it made itself.
 */
export const artifactVersion = 2;

export interface DerivedModule {
  readonly bytes: Uint8Array;
  /** Limits of the memory that it imports, if it does. */
  readonly memory: MemoryLimits | undefined;
  /** Whether an instance can be put back to its initial state (wasm/expose-state.ts). */
  readonly resets: boolean;
}

const { maxTableElements } = limits;

/**
 * @param memoryPages cap of all linear memory of an instance
 * @throws WasmFormatError when the module declares more: publishing refuses such a module
 */
export function deriveModule(module: Uint8Array, kind: ModuleKind, memoryPages: number): DerivedModule {
  return kind.startsWith('component')
    ? { bytes: capComponent(module, memoryPages), memory: undefined, resets: false }
    : liftState(capMemories(module, { maxPages: memoryPages, maxTableElements }));
}

function liftState(module: Uint8Array): DerivedModule {
  const lifted = importMemory(module);
  const small = lifted !== undefined && lifted.limits.initialPages <= mostZeroedPages;
  const bytes = small ? lifted.bytes : module;
  const exposed = exposeState(bytes);
  return { bytes: exposed ?? bytes, memory: small ? lifted.limits : undefined, resets: exposed !== undefined };
}

/** What the minimums of all its core modules leave of the cap is shared out evenly among their memories, as within one module. */
function capComponent(component: Uint8Array, maxPages: number): Uint8Array {
  const minimums: number[][] = [];
  rewriteCoreModules(component, (module) => {
    minimums.push(memoryMinimums(module));
    return module;
  });
  const all = minimums.flat();
  const share = Math.max(0, Math.floor((maxPages - sum(all)) / Math.max(1, all.length)));
  let at = 0;
  return rewriteCoreModules(component, (module) => {
    const own = minimums[at++] ?? [];
    // A component over its cap is refused by its first module that has a memory.
    const pages = sum(all) > maxPages ? 0 : sum(own) + share * own.length;
    return capMemories(module, { maxPages: pages, maxTableElements });
  });
}

function memoryMinimums(module: Uint8Array): number[] {
  const reader = sectionReader(module, readSections(module), sectionIds.memory);
  return reader === undefined ? [] : readMemorySection(reader).map(({ limits: { minimum } }) => minimum);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
