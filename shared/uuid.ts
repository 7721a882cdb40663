/** UUIDs that grow with time, so that rows which are made together lie together. */
import { randomFillSync } from 'node:crypto';

/** Chance for 256 of them: asking for it costs the same, however much it is. */
const chance = Buffer.alloc(4_096);
let used = chance.length;

/** @returns a UUID version 7 (RFC 9562, section 5.7): 48 bits of epoch milliseconds, then chance */
export function uuidv7(nowMs: number = Date.now()): string {
  if (used === chance.length) {
    randomFillSync(chance);
    used = 0;
  }
  const bytes = chance.subarray(used, used + 16);
  used += 16;
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** @returns whether it is a UUID, of whatever version, in the usual form */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
