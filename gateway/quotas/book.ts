/** All quotas as a gateway knows them: read as a whole, as seldom as they change. */
import { namespaceOf } from '../../contracts/names.ts';
import type { Quota, QuotaSubject } from '../../contracts/quota.ts';
import type { QuotaStore } from '../../registry/quotas.ts';
import { Rounds } from '../async/rounds.ts';
import { QuotaHolder } from './holder.ts';

export interface QuotaBookOptions {
  readonly store: Pick<QuotaStore, 'all' | 'countQueued'>;
  /** Told when they, or what is used of them, could not be read: what was known before holds. */
  readonly onFault: (error: unknown) => void;
}

type Holders = Readonly<Record<QuotaSubject['kind'], Map<string, QuotaHolder>>>;

/** Should a notification ever be lost without the connection. */
const readEveryMs = 60_000;

export class QuotaBook {
  readonly #options: QuotaBookOptions;
  readonly #rounds: Rounds;
  #holders: Holders = { namespace: new Map(), key: new Map() };
  #known = false;
  #reading: Promise<void> | undefined;
  /** Grows with every change: what was read before is read again. */
  #generation = 0;

  /** Begins to read. */
  constructor(options: QuotaBookOptions) {
    this.#options = options;
    this.#rounds = new Rounds({
      work: async () => {
        await this.#read();
        return readEveryMs;
      },
      onError: options.onFault,
    });
  }

  /** Whether it is known that nobody has a quota. Asked on every call. */
  get isEmpty(): boolean {
    return this.#known && this.#holders.namespace.size === 0 && this.#holders.key.size === 0;
  }

  /** @returns undefined when it is known who has one; else resolves once it is. @throws BantamError REGISTRY_UNAVAILABLE */
  know(): Promise<void> | undefined {
    return this.#known ? undefined : this.#read();
  }

  /** @param key id of the caller's key @returns undefined when neither has a quota */
  holders(namespace: string, key: string | undefined): readonly QuotaHolder[] | undefined {
    const ofNamespace = this.#holders.namespace.get(namespace);
    const ofKey = key === undefined ? undefined : this.#holders.key.get(key);
    if (ofNamespace === undefined) return ofKey === undefined ? undefined : [ofKey];
    return ofKey === undefined ? [ofNamespace] : [ofNamespace, ofKey];
  }

  /**
   * Begins a synchronous call.
   * @param name of the function, qualified
   * @returns to be left when the call has ended; undefined when nobody counts it
   * @throws BantamError QUOTA_EXCEEDED
   */
  enter(name: string, key: string | undefined): readonly QuotaHolder[] | undefined {
    if (this.isEmpty) return undefined;
    const holders = this.holders(namespaceOf(name), key);
    if (holders === undefined) return undefined;
    for (const holder of holders) {
      const refusal = holder.busy();
      if (refusal !== undefined) throw refusal;
    }
    for (const holder of holders) holder.enter();
    return holders;
  }

  /**
   * Counts one more asynchronous invocation.
   * @param name of the function, qualified @param key id of the key of whoever makes it
   * @returns undefined when nobody counts it. @throws BantamError QUOTA_EXCEEDED
   */
  queue(name: string, key: string | undefined): Promise<void> | undefined {
    const waits = this.isEmpty ? undefined : this.holders(namespaceOf(name), key)?.flatMap((holder) => holder.queue() ?? []);
    return waits === undefined || waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
  }

  /** @returns synchronous calls of it in flight at this gateway, as far as they are counted */
  inFlight({ kind, id }: QuotaSubject): number {
    return this.#holders[kind].get(id)?.inFlight ?? 0;
  }

  /** This gateway has changed one. @param quota undefined: it has none any more */
  set(subject: QuotaSubject, quota: Quota | undefined): void {
    this.#generation++;
    const { [subject.kind]: holders } = this.#holders;
    if (quota === undefined) holders.delete(subject.id);
    else holders.set(subject.id, this.#holderOf(subject, quota));
  }

  /** Some gateway has changed one, or may have. */
  reload(): void {
    this.#generation++;
    this.#rounds.wake();
  }

  close(): Promise<void> {
    return this.#rounds.close();
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readAll().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    for (;;) {
      const generation = this.#generation;
      const quotas = await this.#options.store.all();
      if (generation !== this.#generation) continue;
      const holders: Holders = { namespace: new Map(), key: new Map() };
      for (const [subject, quota] of quotas) holders[subject.kind].set(subject.id, this.#holderOf(subject, quota));
      this.#holders = holders;
      this.#known = true;
      return;
    }
  }

  /** The one that is there keeps what it has counted. */
  #holderOf(subject: QuotaSubject, quota: Quota): QuotaHolder {
    const { store, onFault } = this.#options;
    const holder = this.#holders[subject.kind].get(subject.id) ?? new QuotaHolder({ subject, store, onFault });
    holder.quota = quota;
    return holder;
  }
}
