/** When keys were last used: written for many at once, and of each once a minute. */
import type { KeyStore } from '../../registry/keys.ts';
import { Rounds } from '../async/rounds.ts';

export interface KeyUsesOptions {
  readonly store: Pick<KeyStore, 'used'>;
  /** Told when they could not be written: they are not kept. */
  readonly onFault: (error: unknown) => void;
}

const minuteMs = 60_000;

export class KeyUses {
  readonly #options: KeyUsesOptions;
  /** Epoch milliseconds of what was last handed on, by id. */
  readonly #noted = new Map<string, number>();
  readonly #rounds: Rounds;
  #pending = new Map<string, number>();

  constructor(options: KeyUsesOptions) {
    this.#options = options;
    this.#rounds = new Rounds({ work: () => this.#write(), onError: options.onFault });
  }

  /** @param nowMs epoch milliseconds */
  note(id: string, nowMs: number): void {
    if (nowMs - (this.#noted.get(id) ?? 0) < minuteMs) return;
    this.#noted.set(id, nowMs);
    this.#pending.set(id, nowMs);
    this.#rounds.wake();
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    await this.#rounds.close();
    await this.#write().catch(this.#options.onFault);
  }

  async #write(): Promise<number> {
    const uses = this.#pending;
    this.#pending = new Map();
    for (const [id, atMs] of this.#noted) if (Date.now() - atMs >= minuteMs) this.#noted.delete(id);
    if (uses.size > 0) await this.#options.store.used(uses);
    return minuteMs;
  }
}
