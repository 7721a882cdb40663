/** What a guest wrote to its log, with the reply to its call: all of it to the worker, its end to the reader of a failure. */
import { encodeLog } from './protocol.ts';
import type { GuestFault } from './trap.ts';

/** Bytes of the log that a failure shows: its end, since a program says last why it failed. */
const shownBytes = 4_096;

/** Log and reply leave in one write. */
export function withLog(seq: number, log: Uint8Array, reply: Buffer): Buffer {
  return log.length === 0 ? reply : Buffer.concat([encodeLog(seq, log), reply]);
}

/** @returns the fault with the end of the log as `extra.log`, where there is one; "..." stands for what came before */
export function withLogEnd(fault: GuestFault, log: Uint8Array): GuestFault {
  if (log.length === 0) return fault;
  const from = Math.max(0, log.length - shownBytes);
  // Not within a character: its further bytes are 10xxxxxx.
  let start = from;
  while (start > 0 && start < from + 4 && ((log[start] ?? 0) & 0xc0) === 0x80) start++;
  const text = Buffer.from(log.buffer, log.byteOffset + start, log.byteLength - start).toString();
  return { ...fault, extra: { ...fault.extra, log: start === 0 ? text : `...${text}` } };
}
