/** How fast somebody may call: token buckets, exact over all gateways. Two adapters: local.ts and redis.ts. */

/** Who shares a bucket, and how it is filled. */
export interface Bucket {
  /** Without ':' but between a kind and a name: the same key is the same bucket at every gateway. */
  readonly key: string;
  /** Tokens per second. */
  readonly ratePerSecond: number;
  /** Most tokens in it: as many as there are at the beginning. */
  readonly burst: number;
}

/** What became of a request for one token of a bucket. */
export interface Take {
  /** Whole tokens that are left. */
  readonly left: number;
  /** Milliseconds until there is one; 0 when there was one. */
  readonly waitMs: number;
}

export interface RateLimiter {
  /**
   * Takes a token of each bucket, or none at all when one of them is empty: then its `waitMs` is not 0. What is changed of rate or burst
   * holds from the next time on. Never rejects.
   * @param buckets of different keys
   * @returns in their order
   */
  take(buckets: readonly Bucket[]): Promise<readonly Take[]>;
  /** Lets go of everything. */
  close(): void;
}
