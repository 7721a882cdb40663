/** What the lane tells of Redis, for whoever counts it. */

export interface RedisObserver {
  /** A script came to an end. @param name of scripts.ts */
  command(name: string, tookMs: number, ok: boolean): void;
  /** @param maxBytes 0: no limit */
  memory(usedBytes: number, maxBytes: number): void;
  /** A worker was given up. @param requeued calls that another gets @param lost calls that fail */
  reaped(requeued: number, lost: number): void;
}
