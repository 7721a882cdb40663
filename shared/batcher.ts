/**
 * Gathers single requests into batches: what comes while a batch is under way goes with the next, and after a batch of several the next one
 * is gathered for a moment. So one commit serves many callers, and a lone one waits for nobody.
 */

export interface BatcherOptions<Item, Result> {
  /** @returns one result per item, in order. What it rejects with, all its callers get */
  readonly flush: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Most items of a batch. */
  readonly maxItems: number;
  /** Most batches under way at a time. */
  readonly maxFlights: number;
}

/** After a batch of several its callers are about to come back: without it they would come in two halves, each with a batch of its own. */
const gatherMs = 2;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export class Batcher<Item, Result> {
  readonly #options: BatcherOptions<Item, Result>;
  readonly #waiting: Waiting<Item, Result>[] = [];
  #flights = 0;
  #scheduled = false;
  #gathering = false;

  constructor(options: BatcherOptions<Item, Result>) {
    this.#options = options;
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#soon();
    });
  }

  /** At the end of this turn of the event loop: what arrives in it travels together. */
  #soon(): void {
    if (this.#scheduled || this.#gathering || this.#flights >= this.#options.maxFlights) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      while (this.#waiting.length > 0 && this.#flights < this.#options.maxFlights)
        this.#fly(this.#waiting.splice(0, this.#options.maxItems));
    });
  }

  #fly(batch: readonly Waiting<Item, Result>[]): void {
    this.#flights++;
    this.#options
      .flush(batch.map(({ item }) => item))
      .then(
        (results) => batch.forEach(({ resolve }, i) => resolve(results[i] as Result)),
        (error: unknown) => batch.forEach(({ reject }) => reject(error)),
      )
      .finally(() => {
        this.#flights--;
        if (batch.length > 1) this.#gather();
        else if (this.#waiting.length > 0) this.#soon();
      });
  }

  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    setTimeout(() => {
      this.#gathering = false;
      if (this.#waiting.length > 0) this.#soon();
    }, gatherMs);
  }
}
