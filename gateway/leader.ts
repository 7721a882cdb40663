/** One gateway at a time leads: an advisory lock of Postgres, held by the session of a connection of its own. */
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { createClient } from '../shared/postgres.ts';

export interface LeaderOptions {
  /** Number of the advisory lock: one per office. */
  readonly lock: number;
  /** Of the office, shown in pg_stat_activity. */
  readonly name: string;
  /** Told when Postgres is lost; once, until it is back. */
  readonly onError: (error: unknown) => void;
}

const beatEveryMs = 1_000;
const beatTimeoutMs = 2_000;
/** The server ends a session, and with it the lock, that was silent for so long: its process hangs, or the network does. */
const sessionTimeoutMs = 5_000;
/** Counted from when the last answered beat was sent, and less than that: whoever is sure does hold the lock. */
const sureMs = 4_000;

/** Stands for election from construction until `close()`, however often the connection is lost in between. */
export class Leader {
  readonly #url: string;
  readonly #options: LeaderOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #sureUntilMs = Number.NEGATIVE_INFINITY;
  #away = false;

  constructor(url: string, options: LeaderOptions) {
    this.#url = url;
    this.#options = options;
    this.#done = this.#run();
  }

  /** False whenever it is not certain. */
  get leading(): boolean {
    return performance.now() < this.#sureUntilMs;
  }

  /** Lets another lead. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#session();
      } catch (error) {
        if (!this.#away) this.#options.onError(error);
        this.#away = true;
        await pause(signal);
      }
    }
  }

  /** Until the connection is lost, which it throws, or `close()`. */
  async #session(): Promise<void> {
    const client = createClient(this.#url, `bantam-${this.#options.name}`);
    const ended = new AbortController();
    const lost = (): void => {
      this.#sureUntilMs = Number.NEGATIVE_INFINITY;
      ended.abort();
    };
    client.on('error', lost);
    client.on('end', lost);
    try {
      await client.connect();
      await client.query(`set idle_session_timeout = ${sessionTimeoutMs}`);
      const until = AbortSignal.any([this.#stop.signal, ended.signal]);
      for (let holds = false; !this.#stop.signal.aborted; await pause(until)) holds = await this.#beat(client, holds);
    } catch (error) {
      // Rejects or hangs when the connection is gone already; there is nothing left to learn from it.
      client.end().catch(() => {});
      throw error;
    } finally {
      lost();
    }
    await client.end();
  }

  /** @returns whether it holds the lock, of which one is enough */
  async #beat(client: pg.Client, holds: boolean): Promise<boolean> {
    const sentAtMs = performance.now();
    const question = holds
      ? { text: 'select true as holds', query_timeout: beatTimeoutMs }
      : { text: 'select pg_try_advisory_lock($1) as holds', values: [this.#options.lock], query_timeout: beatTimeoutMs };
    const { rows } = await client.query<{ holds: boolean }>(question);
    this.#away = false;
    if (rows[0]?.holds !== true) return false;
    this.#sureUntilMs = sentAtMs + sureMs;
    return true;
  }
}

/** A beat's time, or until the signal. */
async function pause(signal: AbortSignal): Promise<void> {
  await wait(beatEveryMs, undefined, { signal }).catch(() => {});
}
