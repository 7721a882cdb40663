/** Collects a plan while a component is decoded: modules, slots and contexts once each, core types on demand. */
import type { FuncType } from '../wasm/types.ts';
import { Budget } from './budget.ts';
import { type CoreExport, type CoreInterface, readCoreInterface } from './core-interface.ts';
import { coreTypeText, sameCoreType } from './core-type.ts';
import { invalid, unsupported } from './error.ts';
import { Flattener } from './flat.ts';
import { Measures } from './measure.ts';
import type { ComponentFunction, Context, CoreInstanceRef, CoreItem, CoreSort, CoreStep, Extern, Slot, Trampoline } from './plan.ts';
import type { Range } from './scope.ts';

export class PlanBuilder {
  readonly bytes: Uint8Array;
  readonly budget = new Budget();
  readonly measures = new Measures();
  readonly flattener = new Flattener();
  readonly modules: Range[] = [];
  readonly steps: CoreStep[] = [];
  readonly trampolines: Trampoline[] = [];
  readonly instances: { readonly parent: number }[] = [];
  readonly slots: Slot[] = [];
  readonly contexts: Context[] = [];
  readonly imports = new Map<string, Extern>();
  /** Lifted functions that are called asynchronously: refused where something can reach them. */
  readonly asyncLifts = new Set<ComponentFunction>();
  readonly #interfaces: CoreInterface[] = [];
  readonly #moduleAt = new Map<number, number>();
  readonly #slotOf = new Map<string, number>();
  readonly #contextOf = new Map<string, number>();

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** @returns the number of the module with these bytes */
  module(range: Range): number {
    const known = this.#moduleAt.get(range.start);
    if (known !== undefined) return known;
    this.#interfaces.push(readCoreInterface(this.bytes, range));
    this.#moduleAt.set(range.start, this.modules.length);
    return this.modules.push(range) - 1;
  }

  interfaceOf(module: number): CoreInterface {
    return this.#interfaces[module] ?? { imports: [], exports: new Map() };
  }

  trampoline(trampoline: Trampoline): CoreItem {
    return { trampoline: this.trampolines.push(trampoline) - 1 };
  }

  /** @throws ComponentError for a memory that the linker cannot look into */
  slot(sort: Slot['sort'], item: CoreItem, offset: number): number {
    const key = 'step' in item ? `${sort} ${item.step} ${item.name}` : `${sort} trampoline ${item.trampoline}`;
    const known = this.#slotOf.get(key);
    if (known !== undefined) return known;
    if (sort === 'memory') this.#expectPlainMemory(item, offset);
    this.#slotOf.set(key, this.slots.length);
    return this.slots.push({ sort, item }) - 1;
  }

  context(context: Context): number {
    const key = [context.instance, context.encoding, context.memory, context.realloc].join();
    const known = this.#contextOf.get(key);
    if (known !== undefined) return known;
    this.#contextOf.set(key, this.contexts.length);
    return this.contexts.push(context) - 1;
  }

  /** @returns the type of a core function; undefined where only calling it would tell (concurrency built-ins: they trap) */
  coreType(item: CoreItem): FuncType | undefined {
    if ('step' in item) return this.#exportOf(item)?.type;
    const trampoline = this.trampolines[item.trampoline];
    switch (trampoline?.kind) {
      case 'lower':
        return this.flattener.function(trampoline.func.type, 'lower').core;
      case 'resource.new':
      case 'resource.rep':
        return { params: ['i32'], results: ['i32'] };
      case 'resource.drop':
        return { params: ['i32'], results: [] };
      case 'late':
      case 'refused':
      case undefined:
        return undefined;
    }
  }

  /** @returns what a core instance exports under this name; undefined when that is nothing, or of another sort */
  coreExport(instance: CoreInstanceRef, sort: CoreSort, name: string): CoreItem | undefined {
    if ('items' in instance) {
      const found = instance.items.get(name);
      return found?.sort === sort ? found.item : undefined;
    }
    const item = { step: instance.step, name };
    return this.#exportOf(item)?.sort === sort ? item : undefined;
  }

  /** @throws ComponentError when the core function is known to be of another type */
  expectCoreType(item: CoreItem, wanted: FuncType, what: string, offset: number): void {
    const type = this.coreType(item);
    if (type === undefined || sameCoreType(type, wanted)) return;
    throw invalid(`${what} of type ${coreTypeText(type)}, which should be ${coreTypeText(wanted)}`, offset);
  }

  #exportOf(item: { readonly step: number; readonly name: string }): CoreExport | undefined {
    const step = this.steps[item.step];
    return step && this.interfaceOf(step.module).exports.get(item.name);
  }

  #expectPlainMemory(item: CoreItem, offset: number): void {
    const memory = 'step' in item ? this.#exportOf(item)?.memory : undefined;
    if (memory?.limits.is64) throw unsupported('a 64-bit memory', offset);
    if (memory?.limits.shared) throw unsupported('a shared memory', offset);
  }
}
