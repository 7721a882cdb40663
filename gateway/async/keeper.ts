/** Sees to it that accepted invocations come to an end, whatever is lost: one gateway at a time does it, the leader. */
import type { FunctionVersion } from '../../contracts/function.ts';
import type { AsyncProducer } from '../../queue/async/port.ts';
import type { DueCursor, InvocationStore, RetentionBounds, WorkerStore } from '../../registry/invocations/port.ts';
import type { SecretStore } from '../../registry/secrets.ts';
import type { Logger } from '../../shared/logger.ts';
import { endOfOrphan, sight, type Sightings } from './keeper-policy.ts';
import { Rounds } from './rounds.ts';

export interface KeeperOptions {
  readonly store: Pick<InvocationStore, 'due' | 'orphans' | 'end' | 'sweep'>;
  readonly workers: Pick<WorkerStore, 'list' | 'giveUp'>;
  readonly engine: Pick<AsyncProducer, 'enqueue' | 'missing' | 'ready'>;
  readonly secrets: Pick<SecretStore, 'sweep'>;
  /** @returns undefined when it was deleted */
  readonly version: (name: string, version: number) => Promise<Pick<FunctionVersion, 'config'> | undefined>;
  readonly leader: { readonly leading: boolean };
  readonly bounds: RetentionBounds;
  readonly log: Pick<Logger, 'warn'>;
}

const lookEveryMs = 1_000;
const sweepEveryMs = 30_000;
/** Values of secrets that newer ones replaced; calls in flight, and gateways that did not hear of it yet, still name them. */
const oldSecretsAgeMs = 3_600_000;
/** Time for the engine to deliver what is due, before it is asked about it. */
const graceMs = 2_000;
const pageSize = 1_000;

/** Keeps from construction until `close()`. */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #rounds: readonly Rounds[];
  #cursor: DueCursor | undefined;
  #sightings: Sightings | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#rounds = [
      this.#repeat('attempts that the queue lost', () => this.#mend()),
      this.#repeat('lost workers', () => this.#tend()),
      this.#repeat('what is kept for too long', () => this.#sweep()),
    ];
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await Promise.all(this.#rounds.map((rounds) => rounds.close()));
  }

  /** @param what it looks for */
  #repeat(what: string, work: () => Promise<number>): Rounds {
    const { leader, log } = this.#options;
    return new Rounds({
      work: async () => (leader.leading ? work() : this.#rest()),
      onError: (err) => log.warn({ err }, `the look for ${what} failed: trying again`),
    });
  }

  /** Whoever leads next starts from nothing. */
  #rest(): number {
    this.#cursor = undefined;
    this.#sightings = undefined;
    return lookEveryMs;
  }

  /** One page a look, from the oldest to the newest and over again; while attempts are missing, page after page. */
  async #mend(): Promise<number> {
    const { store, engine } = this.#options;
    if (!engine.ready()) return lookEveryMs;
    const page = await store.due(graceMs, pageSize, this.#cursor);
    const missing = page.length === 0 ? [] : await engine.missing(page);
    if (missing.length > 0) await engine.enqueue(missing.map(({ id, attempt }) => ({ id, attempt, delayMs: 0 })));
    this.#cursor = page.length < pageSize ? undefined : page.at(-1);
    return missing.length > 0 && this.#cursor !== undefined ? 0 : lookEveryMs;
  }

  async #tend(): Promise<number> {
    let endedAll = true;
    try {
      await this.#watch();
    } finally {
      endedAll = await this.#endOrphans();
    }
    return endedAll ? lookEveryMs : 0;
  }

  /** Gives up the workers that are silent for too long. */
  async #watch(): Promise<void> {
    const { workers, log } = this.#options;
    const before = this.#sightings;
    this.#sightings = undefined;
    const listed = await workers.list();
    const { sightings, silent } = sight(before, listed, performance.now());
    this.#sightings = sightings;
    for (const { id, host, beats } of silent)
      if (await workers.giveUp(id, beats)) log.warn({ worker: id, host }, 'a worker is lost: its attempts are repeated');
  }

  /** @returns whether there are no more of them */
  async #endOrphans(): Promise<boolean> {
    const { store, engine, log } = this.#options;
    const orphans = await store.orphans(pageSize);
    if (orphans.length === 0) return true;
    const versions = new Map<string, ReturnType<KeeperOptions['version']>>();
    const versionOf = (name: string, number: number): ReturnType<KeeperOptions['version']> => {
      const key = `${name}@${number}`;
      const known = versions.get(key) ?? this.#options.version(name, number);
      versions.set(key, known);
      return known;
    };
    const ends = await Promise.all(
      orphans.map(async (orphan) =>
        endOfOrphan(orphan, (await versionOf(orphan.function, orphan.version))?.config, Math.random(), Date.now()),
      ),
    );
    const ended = await store.end(ends);
    const retries = ends.flatMap(({ id, attempt, verdict }) =>
      verdict.status === 'queued' && ended.has(id) ? [{ id, attempt, delayMs: verdict.delayMs }] : [],
    );
    // What the engine does not take now, it is asked about later.
    if (retries.length > 0) await engine.enqueue(retries).catch((err: unknown) => log.warn({ err }, 'retries could not be enqueued'));
    return orphans.length < pageSize || ended.size === 0;
  }

  async #sweep(): Promise<number> {
    await this.#options.secrets.sweep(oldSecretsAgeMs);
    const deleted = await this.#options.store.sweep(this.#options.bounds);
    return deleted >= pageSize ? 0 : sweepEveryMs;
  }
}
