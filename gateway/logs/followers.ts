/** Those who follow logs at a gateway: one look for all of them twice a second, and only while there is one. */
import { BantamError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import type { GuestLogStore } from '../../registry/guest-logs.ts';
import { EventStream, type StreamFormat } from '../events/stream.ts';
import { type LogEntry, withGap } from './format.ts';

export interface LogFollowersOptions {
  readonly store: Pick<GuestLogStore, 'read' | 'newest'>;
  /** Lines could not be read; told once until they can be again. */
  readonly onFault: (error: unknown) => void;
}

interface Follower {
  readonly name: string;
  readonly stream: EventStream<LogEntry>;
  /** There may be lines that were not read. */
  more: boolean;
}

const lookEveryMs = 500;
const beatEveryMs = 15_000;
const pageSize = 200;
/** For a client to take the end of its stream, past which its connection is cut. */
const farewellMs = 1_000;
const everything = { sinceMs: undefined, invocationId: undefined };

export class LogFollowers {
  readonly #options: LogFollowersOptions;
  readonly #followers = new Set<Follower>();
  /** By function, as of the last look. */
  #newest: ReadonlyMap<string, bigint> = new Map();
  #timers: readonly NodeJS.Timeout[] = [];
  #looking = false;
  #failing = false;
  #closed = false;

  constructor(options: LogFollowersOptions) {
    this.#options = options;
  }

  /** Those who follow now. */
  get size(): number {
    return this.#followers.size;
  }

  /**
   * @param name of the function, qualified
   * @param after id that it starts after
   * @throws BantamError TOO_MANY_EVENT_STREAMS
   */
  open(name: string, after: bigint, format: StreamFormat<LogEntry>): EventStream<LogEntry> {
    if (this.#followers.size >= limits.maxLogStreams)
      throw new BantamError('TOO_MANY_EVENT_STREAMS', `${limits.maxLogStreams} logs are followed at this gateway`);
    const stream = new EventStream<LogEntry>(
      {
        recent: () => (follower.more ? undefined : []),
        older: (cursor) => this.#read(follower, cursor),
        leave: () => this.#leave(follower),
      },
      after,
      format,
    );
    const follower: Follower = { name, stream, more: true };
    this.#followers.add(follower);
    if (this.#timers.length === 0)
      this.#timers = [
        setInterval(() => void this.#look(), lookEveryMs).unref(),
        setInterval(() => this.#followers.forEach((one) => one.stream.beat()), beatEveryMs).unref(),
      ];
    if (this.#closed) stream.finish();
    return stream;
  }

  /** Ends all streams. */
  close(): void {
    this.#closed = true;
    for (const { stream } of this.#followers) stream.finish();
    setTimeout(() => this.#followers.forEach(({ stream }) => stream.destroy()), farewellMs).unref();
  }

  #leave(follower: Follower): void {
    this.#followers.delete(follower);
    if (this.#followers.size > 0) return;
    this.#timers.forEach(clearInterval);
    this.#timers = [];
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const before = this.#newest;
    const names = new Set([...this.#followers].map(({ name }) => name));
    const newest = await this.#ask(() => this.#options.store.newest([...names]));
    this.#looking = false;
    this.#newest = newest ?? before;
    for (const follower of this.#followers) {
      follower.more ||= this.#newest.get(follower.name) !== before.get(follower.name);
      follower.stream.pump();
    }
  }

  async #read(follower: Follower, cursor: bigint): Promise<readonly LogEntry[] | undefined> {
    follower.more = false;
    const lines = await this.#ask(() => this.#options.store.read(follower.name, cursor, everything, pageSize));
    if (lines === undefined || lines.length === pageSize) follower.more = true;
    return lines === undefined ? undefined : withGap(cursor, lines);
  }

  /** @returns undefined when Postgres does not answer */
  async #ask<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await ask();
      this.#failing = false;
      return answer;
    } catch (error) {
      if (!this.#failing) this.#options.onFault(error);
      this.#failing = true;
      return undefined;
    }
  }
}
