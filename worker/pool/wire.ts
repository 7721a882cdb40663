/** Between what the pool knows and what is on the wire to an executor. Pure. */
import type { Reply } from '../../contracts/invocation.ts';
import { pageBytes } from '../../contracts/limits.ts';
import { encodeLoad, type WireAnswer, type WireFailure } from '../../executor/protocol.ts';
import type { PooledCall } from './call.ts';

/** @returns the frame that loads a call's artifact. @param artifact its number on the wire */
export function loadFrame(artifact: number, call: PooledCall): Buffer {
  const { bytes: module, memory, assets } = call.artifact;
  const { kind, memoryPages, settings } = call.invocation.target;
  const { args, env } = settings ?? { args: [], env: [] };
  return encodeLoad({ artifact, kind, memory, memoryBytes: memoryPages * pageBytes, args, env, assets, module });
}

/** @returns the bytes that an executor keeps of an artifact */
export function loadedBytes({ artifact: { bytes, assets } }: PooledCall): number {
  return bytes.length + (assets?.length ?? 0);
}

export function replyOf(wire: WireAnswer | WireFailure): Reply {
  const timing = { loadUs: wire.loadUs, runUs: wire.runUs };
  return 'code' in wire
    ? { ok: false, code: wire.code, detail: wire.detail, extra: wire.extra, timing }
    : { ok: true, status: wire.status, headers: wire.headers, body: wire.body, start: wire.start, timing };
}
