/** How much each function may write to its log: a bucket of lines and one of bytes, refilled all the time. Pure but for what it remembers. */
import type { Room } from './lines.ts';

export interface LogRate {
  readonly linesPerSecond: number;
  readonly bytesPerSecond: number;
}

interface Bucket {
  lines: number;
  bytes: number;
  atMs: number;
}

/** What a full bucket holds, in seconds of its rate. */
export const burstSeconds = 10;
/** Functions remembered, past which those are forgotten that wrote nothing for so long that their buckets are full. */
const maxBuckets = 1_000;

export class LogLimiter {
  readonly #rate: LogRate;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: LogRate) {
    this.#rate = rate;
  }

  /** @param nowMs monotonic milliseconds @returns what a function may write now */
  room(name: string, nowMs: number): Room {
    const { linesPerSecond, bytesPerSecond } = this.#rate;
    const mostLines = linesPerSecond * burstSeconds;
    const mostBytes = bytesPerSecond * burstSeconds;
    const known = this.#buckets.get(name);
    if (known !== undefined) {
      const seconds = (nowMs - known.atMs) / 1_000;
      known.lines = Math.min(mostLines, known.lines + seconds * linesPerSecond);
      known.bytes = Math.min(mostBytes, known.bytes + seconds * bytesPerSecond);
      known.atMs = nowMs;
      return known;
    }
    if (this.#buckets.size >= maxBuckets) this.#forgetFull(nowMs);
    const bucket = { lines: mostLines, bytes: mostBytes, atMs: nowMs };
    this.#buckets.set(name, bucket);
    return bucket;
  }

  /** Takes what it wrote out of its room. */
  spend(name: string, lines: number, bytes: number): void {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) return;
    bucket.lines -= lines;
    bucket.bytes -= bytes;
  }

  #forgetFull(nowMs: number): void {
    for (const [name, { atMs }] of this.#buckets) if (nowMs - atMs >= burstSeconds * 1_000) this.#buckets.delete(name);
  }
}
