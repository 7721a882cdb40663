/** The core modules in a component: each within the limits of a module, and all instances of them together within those of an instance. */
import { coreModuleRanges } from '../component/modules.ts';
import type { ComponentPlan } from '../component/plan.ts';
import { BantamError } from '../contracts/errors.ts';
import { limits } from '../contracts/limits.ts';
import { compile, readCoreModule } from './core-module.ts';
import { atMost, refuseExcess, refuseFeatures, refusePages, startPages } from './refuse.ts';

/** Of all instances together. Each memory takes gigabytes of address space, however small it is. */
const maxMemories = 64;
const maxTableElements = limits.maxTables * limits.maxTableElements;

interface Range {
  readonly start: number;
  readonly end: number;
}

/** What one instance of a module starts with. */
interface Room {
  readonly memories: number;
  readonly pages: number;
  readonly tableElements: number;
}

/** @throws BantamError MODULE_INVALID, MODULE_UNSUPPORTED, MODULE_OVER_LIMIT */
export function refuseModules(bytes: Uint8Array<ArrayBuffer>, plan: ComponentPlan, maxMemoryBytes: number): void {
  const rooms = new Map(
    coreModuleRanges(bytes).map((range) => [range.start, inModule(bytes, range, (module) => measure(module, maxMemoryBytes))]),
  );
  const total = { memories: 0, pages: 0, tableElements: 0 };
  for (const { module } of plan.steps) {
    const room = rooms.get(plan.modules[module]?.start ?? -1);
    if (!room) throw new Error(`the plan has a core module ${module} that is not in the component`);
    total.memories += room.memories;
    total.pages += room.pages;
    total.tableElements += room.tableElements;
  }
  atMost(total.memories, maxMemories, 'memories');
  atMost(total.tableElements, maxTableElements, 'table elements at the start');
  refusePages(total.pages, maxMemoryBytes);
}

/** @throws BantamError MODULE_INVALID */
export function compileModules(bytes: Uint8Array<ArrayBuffer>): void {
  for (const range of coreModuleRanges(bytes)) inModule(bytes, range, compile);
}

function measure(bytes: Uint8Array<ArrayBuffer>, maxMemoryBytes: number): Room {
  const wasm = readCoreModule(bytes);
  refuseFeatures(wasm);
  refuseExcess(wasm, maxMemoryBytes);
  return {
    memories: wasm.memories.length,
    pages: startPages(wasm.memories),
    tableElements: wasm.tables.reduce((sum, { limits: { minimum } }) => sum + minimum, 0),
  };
}

/** Errors say which module they are about. Offsets are within it. */
function inModule<T>(bytes: Uint8Array<ArrayBuffer>, { start, end }: Range, work: (module: Uint8Array<ArrayBuffer>) => T): T {
  try {
    return work(bytes.subarray(start, end));
  } catch (error) {
    if (!(error instanceof BantamError)) throw error;
    const message = `core module at byte ${start} of the component: ${error.message}`;
    throw new BantamError(error.code, message, error.extra, { cause: error });
  }
}
