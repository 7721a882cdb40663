/** Changes a module at random, and always the same way for the same random numbers. */
import type { Random } from './random.ts';

/** Changes up to three bytes, sometimes cuts the end off, takes a byte out or doubles a stretch. The preamble stays. */
export function mutate(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const changed = bytes.slice();
  for (let times = 1 + random.int(3); times > 0; times--) changed[8 + random.int(changed.length - 8)] = random.int(256);
  const at = 8 + random.int(changed.length - 8);
  const way = random.int(12);
  if (way === 0) return changed.slice(0, at);
  if (way === 1) return new Uint8Array([...changed.subarray(0, at), ...changed.subarray(at + 1)]);
  if (way === 2) return new Uint8Array([...changed.subarray(0, at), ...changed.subarray(at - random.int(8))]);
  return changed;
}
