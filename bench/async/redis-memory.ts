/** What a Redis says of its memory. */
import type { Redis } from 'ioredis';

/** @returns used_memory: what it allocated for data, buffers and itself */
export async function usedMemoryBytes(redis: Redis): Promise<number> {
  const text = await redis.info('memory');
  const found = /^used_memory:(\d+)/m.exec(text)?.[1];
  if (found === undefined) throw new Error(`Redis does not say what it uses: ${text}`);
  return Number(found);
}
