/** A function called over and over by several clients, while something else happens. */
import { setTimeout as wait } from 'node:timers/promises';
import type { TestContext } from 'node:test';

/** @returns what is wrong with the answer, undefined when it is as it should be */
export type Check = () => Promise<string | undefined>;

/** Between two calls of a client: the load is there to notice, not to fill the machine. */
const paceMs = 5;

export class SteadyLoad {
  /** Calls answered as they should be. */
  answered = 0;
  /** What was wrong with the others, the first 20. */
  readonly failures: string[] = [];
  #stopped = false;
  readonly #clients: readonly Promise<void>[];

  /** Starts at once, and ends with the test at the latest. */
  static during(t: TestContext, check: Check, clients?: number): SteadyLoad {
    const load = new SteadyLoad(check, clients);
    t.after(() => load.stop());
    return load;
  }

  /** Starts at once. Stop it, or the process never ends. */
  constructor(check: Check, clients = 2) {
    this.#clients = Array.from({ length: clients }, () => this.#run(check));
  }

  /** Resolves when every call has its answer. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
  }

  async #run(check: Check): Promise<void> {
    while (!this.#stopped) {
      const fault = await check().catch((error: unknown) => String(error instanceof Error ? (error.cause ?? error) : error));
      if (fault === undefined) this.answered++;
      else if (this.failures.length < 20) this.failures.push(fault);
      await wait(paceMs);
    }
  }
}
