/** Writes the audit log behind the answers: many entries at once, again when it failed, and what is left at the end. */
import type { AuditStore, NewAuditEntry } from '../../registry/audit.ts';
import type { KeyStore } from '../../registry/keys.ts';
import type { Logger } from '../../shared/logger.ts';
import { Rounds } from '../async/rounds.ts';

export interface AuditLogOptions {
  readonly store: Pick<AuditStore, 'write' | 'sweep'>;
  readonly keys: Pick<KeyStore, 'sweep'>;
  /** Past which entries, and keys that are of no use any more, are deleted. */
  readonly keepMs: number;
  readonly log: Pick<Logger, 'warn'>;
}

const maxPending = 10_000;
const pageSize = 1_000;
const minuteMs = 60_000;
/** Refusals of whoever has no key, per minute: who may do nothing must not fill the database. */
const maxStrangers = 100;

export class AuditLog {
  readonly #options: AuditLogOptions;
  readonly #pending: NewAuditEntry[] = [];
  readonly #rounds: Rounds;
  readonly #sweepEveryMs: number;
  #sweptAtMs = performance.now();
  #minuteAtMs = Number.NEGATIVE_INFINITY;
  #strangers = 0;
  #dropped = 0;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#sweepEveryMs = Math.min(minuteMs, options.keepMs);
    this.#rounds = new Rounds({
      work: () => this.#work(),
      onError: (err) => options.log.warn({ err }, 'the audit log could not be written: trying again'),
    });
  }

  record(entry: NewAuditEntry): void {
    if (this.#pending.length >= maxPending || (entry.status === 401 && this.#isTooMany())) {
      this.#dropped++;
      return;
    }
    this.#pending.push(entry);
    this.#rounds.wake();
  }

  /** Writes what is left, if it can be. */
  async close(): Promise<void> {
    await this.#rounds.close();
    await this.#write().catch((err: unknown) =>
      this.#options.log.warn({ err, entries: this.#pending.length }, 'the end of the audit log could not be written'),
    );
  }

  #isTooMany(): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#minuteAtMs >= minuteMs) {
      this.#minuteAtMs = nowMs;
      this.#strangers = 0;
    }
    this.#strangers++;
    return this.#strangers > maxStrangers;
  }

  async #work(): Promise<number> {
    await this.#write();
    if (this.#dropped > 0) {
      this.#options.log.warn({ entries: this.#dropped }, 'refused requests were too many for the audit log: these are not in it');
      this.#dropped = 0;
    }
    return (await this.#sweep()) < pageSize ? this.#sweepEveryMs : 0;
  }

  async #write(): Promise<void> {
    while (this.#pending.length > 0) {
      const page = this.#pending.slice(0, pageSize);
      await this.#options.store.write(page);
      this.#pending.splice(0, page.length);
    }
  }

  /** @returns how many entries were deleted, at most a page */
  async #sweep(): Promise<number> {
    const { store, keys, keepMs } = this.#options;
    if (performance.now() - this.#sweptAtMs < this.#sweepEveryMs) return 0;
    const swept = await store.sweep(keepMs);
    await keys.sweep(keepMs);
    if (swept < pageSize) this.#sweptAtMs = performance.now();
    return swept;
  }
}
