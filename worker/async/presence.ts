/** A worker's entry in the record: its beats, which tell what it runs for nothing, and its return after it was given up. */
import { setTimeout as wait } from 'node:timers/promises';
import type { WorkerStore } from '../../registry/invocations/port.ts';

export interface PresenceOptions<Attempt> {
  readonly workerId: string;
  readonly host: string;
  readonly workers: Pick<WorkerStore, 'join' | 'beat' | 'leave'>;
  /** What it runs now, by invocation. */
  readonly running: ReadonlyMap<string, Attempt>;
  /** Told of what it ran when the beat was sent and what is not its own any more. */
  readonly onLost: (attempt: Attempt) => void;
  readonly log: { warn(fields: object, message: string): void; info(fields: object, message: string): void };
}

const beatEveryMs = 1_000;

export class Presence<Attempt> {
  readonly #options: PresenceOptions<Attempt>;
  readonly #stopped = new AbortController();
  #loop = Promise.resolve();
  #joined = false;
  #reachable = true;

  constructor(options: PresenceOptions<Attempt>) {
    this.#options = options;
  }

  /** Resolves after the first beat; if that failed, the next one registers the worker. */
  async start(): Promise<void> {
    await this.#tryBeat();
    this.#loop = this.#beatOn();
  }

  /** Never rejects: a worker that cannot say that it leaves is given up some seconds later. */
  async leave(): Promise<void> {
    const { workers, workerId, log } = this.#options;
    this.#stopped.abort();
    await this.#loop;
    await workers.leave(workerId).catch((error: unknown) => log.warn({ err: error, worker: workerId }, 'leaving was not heard'));
  }

  async #beatOn(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await wait(beatEveryMs, undefined, { signal }).catch(() => {});
      if (!signal.aborted) await this.#tryBeat();
    }
  }

  async #tryBeat(): Promise<void> {
    const { log, workerId } = this.#options;
    try {
      await this.#beat();
      if (!this.#reachable) log.info({ worker: workerId }, 'beats are heard again');
      this.#reachable = true;
    } catch (error) {
      if (this.#reachable) log.warn({ err: error, worker: workerId }, 'a beat failed: this worker is given up unless one is heard soon');
      this.#reachable = false;
    }
  }

  async #beat(): Promise<void> {
    const { workers, workerId, host, running, onLost, log } = this.#options;
    // The same invocation may have another attempt here when the answer comes.
    const sent = new Map(running);
    const ids = [...sent.keys()];
    let lost = await workers.beat(workerId, ids);
    if (lost === undefined) {
      if (this.#joined) log.warn({ worker: workerId }, 'this worker had been given up: it joins again');
      await workers.join(workerId, host);
      this.#joined = true;
      // What nobody has ended meanwhile is its own again.
      lost = await workers.beat(workerId, ids);
    }
    for (const id of lost ?? []) {
      const attempt = sent.get(id);
      if (attempt !== undefined) onLost(attempt);
    }
  }
}
