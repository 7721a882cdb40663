/** The names of all keys and channels in Redis. Keys of a lane share the hash tag of its shard, so that a script may touch them together on Redis Cluster. */

/** The consumer group that all workers belong to. */
export const group = 'workers';

export interface LaneKeys {
  /** Stream: one entry per invocation, from its enqueueing to its reply. */
  readonly stream: string;
  /** Sorted set: worker id, and by Redis' clock the epoch milliseconds of its last heartbeat. */
  readonly workers: string;
  /** String, set once: another value means that Redis was wiped. */
  readonly epoch: string;
  /** String: the epoch milliseconds of the gateways' last look, by Redis' clock. */
  readonly looked: string;
  /** String with a short life, there after a time in which nobody looked: when it began. */
  readonly unwatched: string;
}

/** @param shard of the lane, without ':' and braces */
export function laneKeys(shard: string): LaneKeys {
  const lane = `bantam:{${shard}}`;
  return {
    stream: `${lane}:sync`,
    workers: `${lane}:workers`,
    epoch: `${lane}:epoch`,
    looked: `${lane}:looked`,
    unwatched: `${lane}:unwatched`,
  };
}

/** Channel: frames of replies to the calls of one gateway. */
export function replyChannel(gatewayId: string): string {
  return `bantam:reply:${gatewayId}`;
}

/** Followed by a worker id, the channel of the invocation ids whose callers hung up. */
export const cancelChannelPrefix = 'bantam:cancel:';

/** String with a short life: the body of a reply that is too large to be published. */
export function bodyKey(gatewayId: string, invocationId: string): string {
  return `bantam:body:${gatewayId}:${invocationId}`;
}
