/** Instantiates the core modules of a component in order. What can be prepared is prepared once; the rest walks arrays. */
import type { CoreInstanceRef, CoreItem, CoreStep } from '../../component/plan.ts';
import { ComponentError } from '../../component/error.ts';
import { memoryImport } from '../../wasm/memory-import.ts';
import { Memories } from '../memories.ts';
import type { Context } from './context.ts';
import type { CoreModuleCode } from './core-modules.ts';
import type { CoreFunction } from './faults.ts';
import type { Linking } from './linking.ts';
import type { State } from './state.ts';

type Item = readonly [name: string, item: CoreItem];

/** Imports of one module name: always the same, an instance's exports, or picked for each instance. */
type Source = { readonly fixed: WebAssembly.ModuleImports } | { readonly step: number } | { readonly items: readonly Item[] };

interface Step {
  readonly module: WebAssembly.Module;
  /** Of the memory that was lifted out of the module, if one was. */
  readonly memories: Memories | undefined;
  readonly imports: readonly (readonly [name: string, source: Source])[];
  /** What is fetched from its exports, by slot. */
  readonly wanted: readonly { readonly slot: number; readonly name: string; readonly sort: 'func' | 'memory' }[];
}

export class Instantiator {
  readonly #steps: readonly (Step | undefined)[];
  readonly #trampolines: readonly CoreFunction[];
  /** Slots that are trampolines. */
  readonly #fixed: readonly (readonly [slot: number, f: CoreFunction])[];
  /** By slot: the contexts that use it. */
  readonly #memoryUsers: readonly (readonly number[])[];
  readonly #reallocUsers: readonly (readonly number[])[];

  /** @param modules of the plan, compiled */
  constructor({ plan }: Linking, modules: readonly CoreModuleCode[], trampolines: readonly CoreFunction[]) {
    this.#trampolines = trampolines;
    this.#steps = plan.steps.map((step, i) => (step.skip ? undefined : this.#prepare(step, modules, wantedOf(plan.slots, i))));
    this.#fixed = plan.slots.flatMap(({ item }, slot) =>
      'trampoline' in item ? [[slot, trampolines[item.trampoline] as CoreFunction] as const] : [],
    );
    const usersOf = (slot: number, option: 'memory' | 'realloc'): number[] =>
      plan.contexts.flatMap((context, i) => (context[option] === slot ? [i] : []));
    this.#memoryUsers = plan.slots.map((_, slot) => usersOf(slot, 'memory'));
    this.#reallocUsers = plan.slots.map((_, slot) => usersOf(slot, 'realloc'));
  }

  #prepare({ module: number, args }: CoreStep, modules: readonly CoreModuleCode[], wanted: Step['wanted']): Step {
    const { module, memory } = modules[number] as CoreModuleCode;
    return {
      module,
      memories: memory && new Memories(memory),
      imports: args.map(([name, from]) => [name, this.#source(from)]),
      wanted,
    };
  }

  #source(from: CoreInstanceRef): Source {
    if ('step' in from) return from;
    const items = [...from.items].map(([name, { item }]): Item => [name, item]);
    return items.every(([, item]) => 'trampoline' in item) ? { fixed: this.#pick(items, []) } : { items };
  }

  /** Null prototypes: names of the module are looked up in these objects. */
  #pick(items: readonly Item[], cores: State['cores']): WebAssembly.ModuleImports {
    const picked = Object.create(null) as WebAssembly.ModuleImports;
    for (const [name, item] of items) {
      const value = 'trampoline' in item ? this.#trampolines[item.trampoline] : cores[item.step]?.[item.name];
      picked[name] = value as WebAssembly.ImportValue;
    }
    return picked;
  }

  /** Runs the start functions of the modules. @throws their traps, and WebAssembly.LinkError when imports and exports do not fit */
  run(state: State): void {
    for (const [slot, f] of this.#fixed) this.#setFunction(state, slot, f);
    for (const step of this.#steps) {
      if (step === undefined) {
        state.cores.push(undefined);
        continue;
      }
      const imports = Object.create(null) as WebAssembly.Imports;
      for (const [name, source] of step.imports) imports[name] = this.#importsFrom(source, state);
      if (step.memories !== undefined) imports[memoryImport.module] = lend(step.memories, state);
      const { exports } = new WebAssembly.Instance(step.module, imports);
      state.cores.push(exports);
      for (const { slot, name, sort } of step.wanted) {
        const value = exports[name];
        if (sort === 'memory') this.#setMemory(state, slot, value);
        else this.#setFunction(state, slot, value);
      }
    }
  }

  #importsFrom(source: Source, state: State): WebAssembly.ModuleImports {
    if ('fixed' in source) return source.fixed;
    if ('items' in source) return this.#pick(source.items, state.cores);
    return state.cores[source.step] as WebAssembly.ModuleImports;
  }

  #setMemory(state: State, slot: number, value: unknown): void {
    if (!(value instanceof WebAssembly.Memory)) throw new ComponentError('invalid', 'what should be a memory is none');
    for (const context of this.#memoryUsers[slot] ?? []) (state.contexts[context] as Context).memory = value;
  }

  #setFunction(state: State, slot: number, value: unknown): void {
    if (typeof value !== 'function') throw new ComponentError('invalid', 'what should be a core function is none');
    const f = value as CoreFunction;
    state.functions[slot] = f;
    for (const context of this.#reallocUsers[slot] ?? []) (state.contexts[context] as Context).allocate = f;
  }
}

/** @returns the import object of a module whose memory was lifted out */
function lend(memories: Memories, state: State): WebAssembly.ModuleImports {
  const memory = memories.take();
  state.lent.push({ memories, memory });
  const imports = Object.create(null) as WebAssembly.ModuleImports;
  imports[memoryImport.name] = memory;
  return imports;
}

function wantedOf(slots: Linking['plan']['slots'], step: number): Step['wanted'] {
  return slots.flatMap(({ sort, item }, slot) => ('step' in item && item.step === step ? [{ slot, name: item.name, sort }] : []));
}
