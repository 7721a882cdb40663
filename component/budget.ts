/** Bounds the work of decoding: definitions are decoded anew at every use, which without a bound is exponential in the size of the file. */
import { ComponentError } from './error.ts';

/** Components of real compilers need some thousands of steps, ten instances and ten levels. */
const most = { work: 100_000, depth: 100, instances: 1_000 } as const;

/** Deterministic: the same bytes give the same answer on every machine. */
export class Budget {
  #work = 0;
  #depth = 0;
  #instances = 0;

  /** @param count definitions, entries of vectors, or 64 bytes of a name */
  spend(count: number): void {
    this.#work += count;
    if (this.#work > most.work) throw new ComponentError('excess', 'the component is too complex: its definitions multiply');
  }

  /** Runs `read` one level deeper in nested types or components. */
  nest<T>(read: () => T, offset: number): T {
    if (++this.#depth > most.depth) throw new ComponentError('excess', `more than ${most.depth} levels of nesting`, offset);
    const result = read();
    this.#depth--;
    return result;
  }

  /** Counts one core or component instance. */
  instantiate(offset: number): void {
    if (++this.#instances > most.instances) throw new ComponentError('excess', `more than ${most.instances} instances`, offset);
  }
}
