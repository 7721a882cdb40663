/** What compiling the functions of one component needs in common. */
import type { ComponentPlan } from '../../component/plan.ts';
import { AbiCompiler } from './abi/compile.ts';
import type { HostBinding } from './bind.ts';
import { fail } from './faults.ts';
import type { State } from './state.ts';

/**
 * Trampolines are shared by all instances of a component and find the one at work here. Every entry from outside sets it and puts back
 * what was there, so that instances may take turns.
 */
export interface Cell {
  state: State | undefined;
}

/** A component-level function, called with lifted values. */
export type Callable = (state: State, args: readonly unknown[]) => unknown;

/** The host as a caller; component instances are numbered from 0. */
export const hostCaller = -1;

export class Linking {
  readonly plan: ComponentPlan;
  readonly cell: Cell = { state: undefined };
  readonly abis = new AbiCompiler();
  readonly binding: HostBinding<never>;

  constructor(plan: ComponentPlan, binding: HostBinding<never>) {
    this.plan = plan;
    this.binding = binding;
  }

  /** @returns the instances that are entered by a call: the callee and its ancestors, but for those the caller is inside of already */
  entered(callee: number, caller: number): readonly number[] {
    const inside = new Set(this.#lineage(caller));
    return this.#lineage(callee).filter((instance) => !inside.has(instance));
  }

  #lineage(instance: number): number[] {
    const lineage: number[] = [];
    for (let i = instance; i >= 0; i = this.plan.instances[i]?.parent ?? hostCaller) lineage.push(i);
    return lineage;
  }
}

/**
 * Explainer.md, "Component Invariants": no instance is entered while it runs. The specification also stops a parent that calls its own
 * child or the other way round (CanonicalABI.md, call_might_be_recursive); here only what really recurs is.
 */
export function enter(state: State, entered: readonly number[]): void {
  for (const i of entered) if (state.instances[i]?.mayEnter !== true) fail(state, 'cannot enter a component instance that is running');
  setMayEnter(state, entered, false);
}

export function leave(state: State, entered: readonly number[]): void {
  setMayEnter(state, entered, true);
}

function setMayEnter(state: State, entered: readonly number[], mayEnter: boolean): void {
  for (const i of entered) {
    const instance = state.instances[i];
    if (instance !== undefined) instance.mayEnter = mayEnter;
  }
}
