/** Between what the pool knows and what is on the wire to an executor. Pure. */
import type { Reply, Target } from '../../contracts/invocation.ts';
import { limits, pageBytes } from '../../contracts/limits.ts';
import { decodeLog, encodeLoad, type WireAnswer, type WireFailure } from '../../executor/protocol.ts';
import type { RunnableArtifact } from './call.ts';

/** What is loaded, and for whom: a PooledCall is one. */
interface Loadable {
  readonly artifact: Omit<RunnableArtifact, 'key' | 'meanUs'>;
  readonly invocation: { readonly target: Target };
}

/** @returns the frame that loads a call's artifact. @param artifact its number on the wire */
export function loadFrame(artifact: number, call: Loadable): Buffer {
  const { bytes: module, memory, resets, assets, secrets } = call.artifact;
  const { kind, memoryPages, settings } = call.invocation.target;
  const { args, env } = settings ?? { args: [], env: [] };
  return encodeLoad({
    artifact,
    kind,
    memory,
    resets,
    memoryBytes: memoryPages * pageBytes,
    args,
    env: [...env, ...secrets],
    assets,
    module,
  });
}

/** @returns the bytes that a worker or an executor keeps of an artifact */
export function artifactBytes({ bytes, assets, secrets }: RunnableArtifact): number {
  return secrets.reduce((sum, [, value]) => sum + value.length, bytes.length + (assets?.length ?? 0));
}

/** Standard output, where it is not the answer, and standard error: each limited for itself. */
const mostLogBytes = 2 * limits.maxLogBytes;

/** @throws Error when it is longer than an executor lets a guest write */
export function logOf(body: Buffer): ReturnType<typeof decodeLog> {
  const decoded = decodeLog(body);
  if (decoded.log.length > mostLogBytes) throw new Error(`a log of ${decoded.log.length} bytes is over the limit`);
  return decoded;
}

export function replyOf(wire: WireAnswer | WireFailure): Reply {
  const { loadUs, compileUs, runUs } = wire;
  const timing = compileUs === 0 ? { loadUs, runUs } : { loadUs, compileUs, runUs };
  return 'code' in wire
    ? { ok: false, code: wire.code, detail: wire.detail, extra: wire.extra, timing }
    : { ok: true, status: wire.status, headers: wire.headers, body: wire.body, start: wire.start, timing };
}
