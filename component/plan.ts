/**
 * A component with its static instantiation tree flattened: what to instantiate, what to build trampolines for, what to export.
 * Made once per component by flatten.ts; the executor's linker only walks these arrays. Types only.
 */
import type { FunctionType, ResourceType } from './types.ts';

export interface ComponentPlan {
  /** Byte ranges of the distinct core modules in the component's binary. */
  readonly modules: readonly { readonly start: number; readonly end: number }[];
  /** Core instantiations, in order. A step's index is the core instance's number. */
  readonly steps: readonly CoreStep[];
  /** Core functions that the linker makes. */
  readonly trampolines: readonly Trampoline[];
  /** Component instances; a child comes after its parent. `parent` of the root is -1. */
  readonly instances: readonly { readonly parent: number }[];
  /** Things of core instances that are fetched once per instantiation. */
  readonly slots: readonly Slot[];
  /** Canonical option sets in use. */
  readonly contexts: readonly Context[];
  /** What the root imports and exports, by name as written, version included. */
  readonly imports: ReadonlyMap<string, Extern>;
  readonly exports: ReadonlyMap<string, Extern>;
}

/** One core `instantiate`. `skip`: its module is not needed, because the linker passes the trampolines straight in (shim.ts). */
export interface CoreStep {
  /** Index in `modules`. */
  readonly module: number;
  readonly args: readonly (readonly [name: string, from: CoreInstanceRef])[];
  skip: boolean;
}

/** An instantiated module, or a bag of items made by hand (inline exports). */
export type CoreInstanceRef =
  | { readonly step: number }
  | { readonly items: ReadonlyMap<string, { readonly sort: CoreSort; item: CoreItem }> };

export type CoreSort = 'func' | 'table' | 'memory' | 'global' | 'tag';

/** A core item: an export of a core instance, or a function that the linker makes. */
export type CoreItem = { readonly step: number; readonly name: string } | { readonly trampoline: number };

export interface Slot {
  readonly sort: 'func' | 'memory';
  readonly item: CoreItem;
}

/** Binary.md "canonopt", with the component instance it belongs to. Indices are of `slots`, -1: not given. */
export interface Context {
  readonly instance: number;
  readonly encoding: StringEncoding;
  readonly memory: number;
  readonly realloc: number;
}

export type StringEncoding = 'utf8' | 'utf16' | 'latin1+utf16';

/** A component-level function. */
export type ComponentFunction = HostFunctionRef | LiftedFunction;

/** Imported by the root. `iface` as written in the import, version included; empty for a function imported by itself. */
export interface HostFunctionRef {
  readonly kind: 'host';
  readonly type: FunctionType;
  readonly iface: string;
  readonly name: string;
}

/** `canon lift`. */
export interface LiftedFunction {
  readonly kind: 'lift';
  readonly type: FunctionType;
  /** Slot of the core function. */
  readonly callee: number;
  /** Slot of `post-return`; -1: none. */
  readonly postReturn: number;
  readonly context: number;
  readonly instance: number;
}

/** Core functions that stand for canonical built-ins (Binary.md "canon"). */
export type Trampoline =
  | { readonly kind: 'lower'; readonly func: ComponentFunction; readonly context: number; readonly instance: number }
  | { readonly kind: 'resource.new' | 'resource.drop' | 'resource.rep'; readonly resource: ResourceType; readonly instance: number }
  /** Calls an export of a core instance that does not exist yet when the trampoline is passed on. */
  | { readonly kind: 'late'; readonly step: number; readonly name: string; readonly arity: number }
  /** A concurrency built-in that was imported: calling it traps. */
  | { readonly kind: 'refused'; readonly name: string };

/** Something imported or exported. */
export type Extern =
  | { readonly sort: 'func'; readonly func: ComponentFunction }
  | { readonly sort: 'instance'; readonly exports: ReadonlyMap<string, Extern> }
  | { readonly sort: 'type'; readonly type: unknown }
  | { readonly sort: 'component' | 'module' };
