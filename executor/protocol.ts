/**
 * The wire between a worker and its executor (an inherited socket on fd 3). Little-endian frames: u32 length of what follows, u8 type, body.
 * Both sides run the same code on the same machine, so frames carry no version; a malformed frame is a defect and ends the executor.
 */
import type { ErrorCode, ErrorExtra } from '../contracts/errors.ts';
import type { ModuleKind } from '../contracts/kinds.ts';
import { type StartKind, startKinds } from '../contracts/invocation.ts';
import type { MemoryLimits } from '../wasm/memory-import.ts';
import { headBytes } from './framing.ts';

/** Worker to executor: LOAD, DROP, BATCH. Executor to worker: READY, LOG (before the reply it belongs to), ANSWER, FAILURE, BATCH_ENDED. */
export const frame = { LOAD: 1, DROP: 2, BATCH: 3, READY: 4, ANSWER: 5, FAILURE: 6, BATCH_ENDED: 7, LOG: 8 } as const;

/**
 * A batch goes on only while its calls are short: when more than this many microseconds lie between two replies, the executor gives the
 * rest back (BATCH_ENDED). The worker relies on it when it takes calls back from behind a slow one: see worker/pool/executor-handle.ts.
 */
export const batchPatienceUs = 2_000;

/** One call as the executor sees it. */
export interface WireCall {
  /** Number of the call on this wire; its reply carries it. */
  readonly seq: number;
  /** Number of an artifact loaded on this wire. */
  readonly artifact: number;
  readonly reuse: boolean;
  readonly payload: Uint8Array;
}

export interface WireAnswer {
  readonly seq: number;
  readonly start: StartKind;
  readonly loadUs: number;
  /** Part of `loadUs`; 0 when the module was compiled already. */
  readonly compileUs: number;
  readonly runUs: number;
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

export interface WireFailure {
  readonly seq: number;
  readonly loadUs: number;
  /** Part of `loadUs`; 0 when the module was compiled already. */
  readonly compileUs: number;
  readonly runUs: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly extra: ErrorExtra | undefined;
}

/** Longest frame to an executor (a module), and from it (an answer); past it the other side is not what it should be. */
export const maxFrameBytes = { toExecutor: 1_073_741_824, fromExecutor: 134_217_728 } as const;

function allocate(type: number, bodyBytes: number): Buffer {
  const out = Buffer.allocUnsafe(headBytes + bodyBytes);
  out.writeUInt32LE(1 + bodyBytes, 0);
  out[4] = type;
  return out;
}

/** A frame without a body: READY, BATCH_ENDED. */
export function encodeSignal(type: number): Buffer {
  return allocate(type, 0);
}

/** A module to run, and what its instances are given. */
export interface WireArtifact {
  /** Number of the artifact on this wire. */
  readonly artifact: number;
  readonly kind: ModuleKind;
  /** Limits of the memory that the module imports, if it does. */
  readonly memory: MemoryLimits | undefined;
  /** Whether an instance can be put back to its initial state (wasm/expose-state.ts). */
  readonly resets: boolean;
  /** Most linear memory of an instance. */
  readonly memoryBytes: number;
  readonly args: readonly string[];
  readonly env: readonly (readonly [name: string, value: string])[];
  /** Pack of its files (contracts/assets.ts). */
  readonly assets: Uint8Array | undefined;
  readonly module: Uint8Array;
}

/** Body: u32 artifact, u32 length of a JSON head, the head, the pack of the assets, module bytes. */
export function encodeLoad({ artifact, assets, module, ...rest }: WireArtifact): Buffer {
  const head = Buffer.from(JSON.stringify({ ...rest, assetsBytes: assets?.length ?? 0 }));
  const assetsBytes = assets?.length ?? 0;
  const out = allocate(frame.LOAD, 8 + head.length + assetsBytes + module.length);
  out.writeUInt32LE(artifact, 5);
  out.writeUInt32LE(head.length, 9);
  out.set(head, 13);
  if (assets !== undefined) out.set(assets, 13 + head.length);
  out.set(module, 13 + head.length + assetsBytes);
  return out;
}

export function decodeLoad(body: Buffer): WireArtifact {
  const assetsAt = 8 + body.readUInt32LE(4);
  type Head = Omit<WireArtifact, 'artifact' | 'assets' | 'module'> & { readonly assetsBytes: number };
  const { assetsBytes, memory, ...head } = JSON.parse(body.toString('utf8', 8, assetsAt)) as Head;
  return {
    ...head,
    memory,
    artifact: body.readUInt32LE(0),
    // Copies: what was read is a view of the wire's buffer.
    assets: assetsBytes === 0 ? undefined : new Uint8Array(body.subarray(assetsAt, assetsAt + assetsBytes)),
    module: new Uint8Array(body.subarray(assetsAt + assetsBytes)),
  };
}

/** Body: u32 artifact. */
export function encodeDrop(artifact: number): Buffer {
  const out = allocate(frame.DROP, 4);
  out.writeUInt32LE(artifact, 5);
  return out;
}

/** Body: f64 sentAtUs, then per call u32 seq, u32 artifact, u8 reuse, u32 payload length, payload. */
export function encodeBatch(sentAtUs: number, calls: readonly WireCall[]): Buffer {
  let size = 8;
  for (const call of calls) size += 13 + call.payload.length;
  const out = allocate(frame.BATCH, size);
  out.writeDoubleLE(sentAtUs, 5);
  let at = 13;
  for (const call of calls) {
    out.writeUInt32LE(call.seq, at);
    out.writeUInt32LE(call.artifact, at + 4);
    out[at + 8] = call.reuse ? 1 : 0;
    out.writeUInt32LE(call.payload.length, at + 9);
    out.set(call.payload, at + 13);
    at += 13 + call.payload.length;
  }
  return out;
}

export function decodeBatch(body: Buffer): { sentAtUs: number; calls: WireCall[] } {
  const calls: WireCall[] = [];
  for (let at = 8; at < body.length;) {
    const end = at + 13 + body.readUInt32LE(at + 9);
    calls.push({
      seq: body.readUInt32LE(at),
      artifact: body.readUInt32LE(at + 4),
      reuse: body[at + 8] === 1,
      payload: body.subarray(at + 13, end),
    });
    at = end;
  }
  return { sentAtUs: body.readDoubleLE(0), calls };
}

/** Body: u32 seq, u32 loadUs, u32 compileUs, u32 runUs, u8 start, u16 status, u32 length of headers, headers joined by NUL, then the body. */
export function encodeAnswer(answer: WireAnswer): Buffer {
  const headers = answer.headers.join('\0');
  const headerBytes = Buffer.byteLength(headers);
  const out = allocate(frame.ANSWER, 23 + headerBytes + answer.body.length);
  out.writeUInt32LE(answer.seq, 5);
  out.writeUInt32LE(answer.loadUs, 9);
  out.writeUInt32LE(answer.compileUs, 13);
  out.writeUInt32LE(answer.runUs, 17);
  out[21] = startKinds.indexOf(answer.start);
  out.writeUInt16LE(answer.status, 22);
  out.writeUInt32LE(headerBytes, 24);
  out.write(headers, 28);
  out.set(answer.body, 28 + headerBytes);
  return out;
}

export function decodeAnswer(body: Buffer): WireAnswer {
  const bodyAt = 23 + body.readUInt32LE(19);
  const start = startKinds[body[16] ?? -1];
  if (start === undefined) throw new Error(`unknown start ${body[16]}`);
  const headers = body.toString('utf8', 23, bodyAt);
  return {
    seq: body.readUInt32LE(0),
    loadUs: body.readUInt32LE(4),
    compileUs: body.readUInt32LE(8),
    runUs: body.readUInt32LE(12),
    start,
    status: body.readUInt16LE(17),
    headers: headers === '' ? [] : headers.split('\0'),
    body: body.subarray(bodyAt),
  };
}

/** What the guest wrote to its log. Body: u32 seq, the bytes. */
export function encodeLog(seq: number, log: Uint8Array): Buffer {
  const out = allocate(frame.LOG, 4 + log.length);
  out.writeUInt32LE(seq, 5);
  out.set(log, 9);
  return out;
}

export function decodeLog(body: Buffer): { seq: number; log: Buffer } {
  return { seq: body.readUInt32LE(0), log: body.subarray(4) };
}

/** Body: u32 seq, u32 loadUs, u32 compileUs, u32 runUs, then JSON of code, detail and extra. */
export function encodeFailure(failed: WireFailure): Buffer {
  const json = Buffer.from(JSON.stringify({ code: failed.code, detail: failed.detail, extra: failed.extra }));
  const out = allocate(frame.FAILURE, 16 + json.length);
  out.writeUInt32LE(failed.seq, 5);
  out.writeUInt32LE(failed.loadUs, 9);
  out.writeUInt32LE(failed.compileUs, 13);
  out.writeUInt32LE(failed.runUs, 17);
  json.copy(out, 21);
  return out;
}

export function decodeFailure(body: Buffer): WireFailure {
  const { code, detail, extra } = JSON.parse(body.toString('utf8', 16)) as Pick<WireFailure, 'code' | 'detail' | 'extra'>;
  return {
    seq: body.readUInt32LE(0),
    loadUs: body.readUInt32LE(4),
    compileUs: body.readUInt32LE(8),
    runUs: body.readUInt32LE(12),
    code,
    detail,
    extra,
  };
}

/** The machine's monotonic clock in microseconds: the same in every process, so that both ends of the wire can compare. */
export function monotonicUs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e6 + nanoseconds / 1e3;
}
