/** One instance of a component, ready to be called. */
import type { WitValue } from '../../contracts/wit.ts';
import { liftBudgetBytes } from './faults.ts';
import type { Callable, Cell } from './linking.ts';
import type { State } from './state.ts';

export class ComponentInstance {
  readonly #state: State;
  readonly #cell: Cell;
  readonly #find: (exportName: string) => Callable;

  constructor(state: State, cell: Cell, find: (exportName: string) => Callable) {
    this.#state = state;
    this.#cell = cell;
    this.#find = find;
  }

  /** It trapped, something was thrown through it, or it was discarded: it cannot be called any more. */
  get dead(): boolean {
    return this.#state.dead;
  }

  /** It is not used again: its memories go to later instances. */
  discard(): void {
    this.#state.dead = true;
    for (const { memories, memory } of this.#state.lent.splice(0)) memories.giveBack(memory);
  }

  /**
   * @param exportName `func` or `interface#func`, the interface with its version as written
   * @param args       one value per parameter
   * @returns the result; of a `result` type `{ tag, val }`, whether ok or err
   * @throws the trap of the guest, with the reason in `world.stopped` where a check of ours or the host stopped it, or what a host function threw
   */
  call(exportName: string, args: readonly WitValue[]): WitValue {
    const callable = this.#find(exportName);
    if (this.#state.dead) throw new Error('this instance of a component has trapped before, or was discarded');
    this.#state.budget = liftBudgetBytes;
    return enterFromOutside(this.#cell, this.#state, () => callable(this.#state, args));
  }
}

/** Sets the cell for what `run` does, and marks the instance dead when it throws. */
export function enterFromOutside<T>(cell: Cell, state: State, run: () => T): T {
  const outer = cell.state;
  cell.state = state;
  try {
    return run();
  } catch (error) {
    state.dead = true;
    // The trap that ended the guest only stands for what was thrown into it.
    throw state.cause === undefined ? error : state.cause.error;
  } finally {
    cell.state = outer;
  }
}
