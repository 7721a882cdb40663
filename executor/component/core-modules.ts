/** The core modules of a component, compiled. Where it pays their memories are lifted out, so that an instance can get one that was used before. */
import type { ComponentPlan } from '../../component/plan.ts';
import { importMemory } from '../../wasm/import-memory.ts';
import { type MemoryLimits, memoryImport, mostZeroedPages } from '../../wasm/memory-import.ts';
import { compileModule } from '../compile.ts';

export interface CoreModuleCode {
  readonly module: WebAssembly.Module;
  /** Limits of the memory that it imports now; undefined where nothing was lifted out. */
  readonly memory: MemoryLimits | undefined;
}

/** @returns by the plan's numbers. @throws WebAssembly.CompileError */
export function compileCoreModules(plan: ComponentPlan, bytes: Uint8Array): CoreModuleCode[] {
  // Its own import of that name would be hidden by ours.
  const taken = new Set(plan.steps.filter(({ args }) => args.some(([name]) => name === memoryImport.module)).map(({ module }) => module));
  return plan.modules.map(({ start, end }, i) => {
    const own = bytes.subarray(start, end);
    const lifted = taken.has(i) ? undefined : importMemory(own);
    const pays = lifted !== undefined && lifted.limits.initialPages <= mostZeroedPages;
    return {
      module: compileModule(pays ? lifted.bytes : own),
      memory: pays ? lifted.limits : undefined,
    };
  });
}
