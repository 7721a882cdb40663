/** What a call becomes in a trace: a span of its own, and below it one for each phase. Pure but for random ids. */
import { randomFillSync } from 'node:crypto';
import type { Timing } from '../../contracts/invocation.ts';

/** As OTLP counts them (opentelemetry/proto/trace/v1/trace.proto, enum SpanKind). */
const kinds = { internal: 1, server: 2, consumer: 5 } as const;

export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** A call that is over: all that its spans are made of. */
export interface TracedCall {
  /** Low-case hex: 16 bytes, and 8 bytes each. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** Of the guest's run, where it was told before; undefined: a new one. */
  readonly runSpanId: string | undefined;
  readonly name: string;
  readonly kind: 'server' | 'consumer';
  /** Epoch microseconds. */
  readonly endUs: number;
  readonly totalUs: number;
  /** Where its guest was reached. */
  readonly timing: Timing | undefined;
  readonly attributes: Attributes;
  /** Why it failed, in short; undefined: it did not. */
  readonly error: string | undefined;
}

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: (typeof kinds)[keyof typeof kinds];
  /** Epoch microseconds, whole ones. */
  readonly startUs: number;
  readonly endUs: number;
  readonly attributes: Attributes;
  readonly error: string | undefined;
}

const none: Attributes = {};

/**
 * `queue` is the way to the guest and back; it is shown before the guest, as if there were no way back: nobody measures the two apart.
 * `load` is compilation, where it had to be done, and `instantiate` below it.
 */
export function spansOf(call: TracedCall): Span[] {
  const { traceId, spanId, kind, name, attributes, error, timing, totalUs } = call;
  const endUs = Math.round(call.endUs);
  const startUs = Math.round(call.endUs - totalUs);
  const own: Span = { traceId, spanId, parentSpanId: call.parentSpanId, name, kind: kinds[kind], startUs, endUs, attributes, error };
  if (timing === undefined) return [own];
  const child = (phase: string, from: number, to: number, parentSpanId = spanId, id = newSpanId()): Span => ({
    traceId,
    spanId: id,
    parentSpanId,
    name: phase,
    kind: kinds.internal,
    startUs: from,
    endUs: Math.max(from, to),
    attributes: none,
    error: undefined,
  });
  const runAtUs = Math.max(startUs, endUs - Math.round(timing.runUs));
  const loadAtUs = Math.max(startUs, runAtUs - Math.round(timing.loadUs));
  const load = child('load', loadAtUs, runAtUs);
  return [
    own,
    child('queue', startUs, loadAtUs),
    load,
    child('instantiate', Math.min(runAtUs, loadAtUs + Math.round(timing.compileUs ?? 0)), runAtUs, load.spanId),
    child('run', runAtUs, endUs, spanId, call.runSpanId),
  ];
}

/** Asking for a few random bytes costs as much as asking for many. */
const pool = Buffer.alloc(4_096);
let used = pool.length;

/** @returns 8 random bytes in hex */
export function newSpanId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 8;
  return pool.toString('hex', used - 8, used);
}
