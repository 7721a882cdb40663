/** Random numbers of both WASI hosts: always from the operating system's generator. */
import { randomFillSync } from 'node:crypto';

/** Most that one request of the generator fills; larger buffers are filled in parts. */
const partBytes = 1_048_576;

/** @param target may be a view of guest memory */
export function fillRandom(target: Uint8Array): void {
  for (let at = 0; at < target.length; at += partBytes) {
    randomFillSync(target, at, Math.min(partBytes, target.length - at));
  }
}

/** 64 random bits. */
export function randomU64(): bigint {
  const bits = new BigUint64Array(1);
  randomFillSync(bits);
  return bits[0] ?? 0n;
}
