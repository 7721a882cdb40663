/** Attempts to send through an engine, and a handler whose every step the test decides. */
import { randomUUID } from 'node:crypto';
import type { AsyncHandler, AttemptName, DueAttempt } from '../../queue/async/port.ts';

export function anAttempt({ id = randomUUID(), attempt = 0, delayMs = 0 }: Partial<DueAttempt> = {}): DueAttempt {
  return { id, attempt, delayMs };
}

/** `id.attempt`, to compare. */
export function nameOf({ id, attempt }: AttemptName): string {
  return `${id}.${attempt}`;
}

interface Held {
  readonly name: string;
  end(): void;
}

export class TestAttempts implements AsyncHandler {
  #concurrency: number;
  #holds: boolean;
  readonly #listeners: (() => void)[] = [];
  /** Names of all that were ever delivered, in order. */
  readonly seen: string[] = [];
  /** Epoch milliseconds of their delivery. */
  readonly seenAtMs = new Map<string, number>();
  /** Delivered and not ended, in the order of arrival. */
  readonly held: Held[] = [];
  /** The most that were ever held at once. */
  mostHeld = 0;

  /** @param holds whether the test ends them; else they end by themselves in a later tick */
  constructor(concurrency: number, holds: boolean) {
    this.#concurrency = concurrency;
    this.#holds = holds;
  }

  concurrency(): number {
    return this.#concurrency;
  }

  onConcurrency(listener: () => void): void {
    this.#listeners.push(listener);
  }

  change(concurrency: number): void {
    this.#concurrency = concurrency;
    for (const listener of this.#listeners) listener();
  }

  run(attempt: AttemptName): Promise<void> {
    const name = nameOf(attempt);
    this.seen.push(name);
    this.seenAtMs.set(name, Date.now());
    return new Promise((resolve) => {
      const held: Held = {
        name,
        end: () => {
          this.held.splice(this.held.indexOf(held), 1);
          resolve();
        },
      };
      this.held.push(held);
      this.mostHeld = Math.max(this.mostHeld, this.held.length);
      if (!this.#holds) setImmediate(() => held.end());
    });
  }

  /** Ends those that are held, and from now on all others by themselves. */
  release(): void {
    this.#holds = false;
    while (this.held.length > 0) this.held[0]?.end();
  }
}
