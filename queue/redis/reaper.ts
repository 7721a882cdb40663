/** Gives up dead workers: their claimed calls fail with WORKER_LOST, or go back to the stream where they provably were not started. */
import { failure } from '../../contracts/invocation.ts';
import { decodeAddress, encodeFrame, type ReplyRow, toRow } from './codec.ts';
import { group, type LaneKeys, replyChannel } from './keys.ts';
import type { RedisObserver } from './observer.ts';
import { deadAfterMs, leaseMs } from './presence.ts';
import type { LaneRedis } from './scripts.ts';

/** Does nothing when the worker is alive after all, or another gateway was first. Rejects when Redis cannot be reached. */
export async function reap(redis: LaneRedis, keys: LaneKeys, workerId: string, observer?: RedisObserver): Promise<void> {
  const [requeued, ...heads] = await redis.reapBuffer(keys.stream, keys.workers, group, workerId, deadAfterMs, leaseMs);
  observer?.reaped(requeued, heads.length);
  const rowsByGateway = new Map<string, ReplyRow[]>();
  for (const head of heads) {
    const { replyTo, id } = decodeAddress(head);
    const rows = rowsByGateway.get(replyTo) ?? [];
    rowsByGateway.set(replyTo, rows);
    rows.push(toRow(id, failure('WORKER_LOST', `worker ${workerId} gave no sign of life for ${deadAfterMs} ms`)));
  }
  await Promise.all([...rowsByGateway].map(([gatewayId, rows]) => redis.publish(replyChannel(gatewayId), encodeFrame(rows))));
}

/** A worker's own farewell: what was delivered to it and never handed over goes back to the stream. */
export async function leave(redis: LaneRedis, keys: LaneKeys, workerId: string): Promise<void> {
  await redis.reapBuffer(keys.stream, keys.workers, group, workerId, 0, 'none');
}
