/** Writes what guests log into Postgres, behind the backs of the calls: in batches, as much as each function may, and counts the rest. */
import { setTimeout as wait } from 'node:timers/promises';
import { lineOverheadBytes } from '../../contracts/guest-log.ts';
import type { Invocation } from '../../contracts/invocation.ts';
import type { GuestLogStore, NewLogLine } from '../../registry/guest-logs.ts';
import { Batcher } from '../../shared/batcher.ts';
import { isOutage } from '../../shared/postgres.ts';
import { Drops } from './drops.ts';
import { LogLimiter, type LogRate } from './limiter.ts';
import { cutLines } from './lines.ts';

export interface GuestLogsOptions {
  /** UUID of this worker. */
  readonly workerId: string;
  readonly store: Pick<GuestLogStore, 'append'>;
  /** Of each function, at this worker. */
  readonly rate: LogRate;
  /** What is kept of the log of a function. */
  readonly keepBytes: number;
  readonly log: { error(fields: object, message: string): void };
}

/** What one call wrote, or notices. */
interface Piece {
  readonly lines: readonly NewLogLine[];
  readonly bytes: number;
}

const maxPieces = 1_000;
/** Between two batches: a lone line is written at once, and of many a commit takes a tenth of a second's. */
const pauseMs = 100;
const retryMs = 1_000;
const noticeEveryMs = 1_000;
/** Of what waits to be written, all functions together: while Postgres is away, what comes beyond is dropped. */
const maxWaitingBytes = 16_777_216;
const noRoom = { lines: 0, bytes: 0 };

export class GuestLogs {
  readonly #options: GuestLogsOptions;
  readonly #limiter: LogLimiter;
  readonly #batches: Batcher<Piece, void>;
  readonly #drops = new Drops();
  readonly #writes = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #notices: NodeJS.Timeout;
  #waitingBytes = 0;

  constructor(options: GuestLogsOptions) {
    this.#options = options;
    this.#limiter = new LogLimiter(options.rate);
    this.#batches = new Batcher({ flush: (pieces) => this.#flush(pieces), maxItems: maxPieces, maxFlights: 1 });
    this.#notices = setInterval(() => this.#tell(), noticeEveryMs).unref();
  }

  /** Returns at once. @param text what the guest wrote in this call */
  write(invocation: Pick<Invocation, 'id' | 'target'>, text: string): void {
    const { id, target } = invocation;
    const room = this.#waitingBytes < maxWaitingBytes ? this.#limiter.room(target.function, performance.now()) : noRoom;
    const { lines, bytes, dropped } = cutLines(text, room);
    if (dropped.lines > 0) this.#drops.add(invocation, dropped);
    if (lines.length === 0) return;
    this.#limiter.spend(target.function, lines.length, bytes);
    const own = { function: target.function, version: target.version, invocationId: id, atMs: Date.now(), dropped: undefined };
    this.#write({ lines: lines.map((line) => ({ ...own, line })), bytes: bytes + lines.length * lineOverheadBytes });
  }

  /** Waits for what can be written now; what cannot, because Postgres is away, is lost. */
  async close(): Promise<void> {
    clearInterval(this.#notices);
    this.#tell();
    this.#closing.abort();
    await Promise.all(this.#writes);
  }

  #tell(): void {
    const lines = this.#drops.take(Date.now());
    if (lines.length > 0) this.#write({ lines, bytes: 0 });
  }

  #write(piece: Piece): void {
    this.#waitingBytes += piece.bytes;
    const write = this.#batches.add(piece).finally(() => {
      this.#waitingBytes -= piece.bytes;
      this.#writes.delete(write);
    });
    this.#writes.add(write);
  }

  /** Never rejects. */
  async #flush(pieces: readonly Piece[]): Promise<readonly void[]> {
    await this.#append(pieces.flatMap(({ lines }) => lines));
    await this.#pause(pauseMs);
    return pieces.map(() => undefined);
  }

  async #append(lines: readonly NewLogLine[]): Promise<void> {
    const { workerId, store, keepBytes, log } = this.#options;
    for (;;) {
      try {
        return await store.append(workerId, lines, keepBytes);
      } catch (error) {
        if (isOutage(error) && !this.#closing.signal.aborted) await this.#pause(retryMs);
        else return log.error({ err: error, lines: lines.length }, 'lines of guest logs are lost');
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#closing;
    await wait(ms, undefined, { signal }).catch(() => {});
  }
}
