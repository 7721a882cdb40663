/** Counts invocations in flight and how long they take, per function: what admission decides by. */

export interface FunctionLoad {
  readonly name: string;
  inFlight: number;
  /** Exponentially weighted, from arrival to answer; since the function last had nothing in flight. */
  meanMs: number | undefined;
}

export class InFlight {
  /** Only functions with something in flight, so that names do not pile up. */
  readonly #functions = new Map<string, FunctionLoad>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  of(name: string): FunctionLoad {
    return this.#functions.get(name) ?? { name, inFlight: 0, meanMs: undefined };
  }

  enter(load: FunctionLoad): void {
    if (load.inFlight === 0) this.#functions.set(load.name, load);
    load.inFlight++;
    this.#total++;
  }

  leave(load: FunctionLoad, tookMs: number): void {
    load.inFlight--;
    this.#total--;
    load.meanMs = load.meanMs === undefined ? tookMs : load.meanMs + (tookMs - load.meanMs) / 8;
    if (load.inFlight === 0) this.#functions.delete(load.name);
  }
}
