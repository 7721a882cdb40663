/** Counts invocations in flight and remembers how long they take, per function. What admission decides by. */
import type { FunctionVersion } from '../../contracts/function.ts';

export interface FunctionLoad {
  inFlight: number;
  /** Exponentially weighted, from arrival to answer. */
  meanMs: number | undefined;
}

export class InFlight {
  readonly #functions = new Map<string, FunctionLoad>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  of({ name }: Pick<FunctionVersion, 'name'>): FunctionLoad {
    let load = this.#functions.get(name);
    if (load === undefined) {
      load = { inFlight: 0, meanMs: undefined };
      this.#functions.set(name, load);
    }
    return load;
  }

  enter(load: FunctionLoad): void {
    load.inFlight++;
    this.#total++;
  }

  leave(load: FunctionLoad, tookMs: number): void {
    load.inFlight--;
    this.#total--;
    load.meanMs = load.meanMs === undefined ? tookMs : load.meanMs + (tookMs - load.meanMs) / 8;
  }

  /** A deleted function is no longer remembered. */
  forget(name: string): void {
    if (this.#functions.get(name)?.inFlight === 0) this.#functions.delete(name);
  }
}
