/** The header `traceparent`: which trace a request belongs to (W3C Trace Context, section 3.2). Pure. */

export interface TraceContext {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string;
  /** Of whoever sent the request: 16 lower-case hex digits, not all zero. */
  readonly parentId: string;
  /** The flags that are known: sampled (1), random trace id (2). */
  readonly flags: number;
}

const version00 = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
/** Later versions may say more behind a further `-`. */
const laterVersion = /^(?!ff|00)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const zeros = /^0+$/;
const sampledFlag = 1;
const knownFlags = 3;

/** @returns undefined for what is none: then the header counts as not sent, and `tracestate` with it */
export function parseTraceparent(text: string): TraceContext | undefined {
  const [, traceId = '', parentId = '', flags = ''] = version00.exec(text) ?? laterVersion.exec(text) ?? [];
  if (traceId === '' || zeros.test(traceId) || zeros.test(parentId)) return undefined;
  return { traceId, parentId, flags: Number.parseInt(flags, 16) & knownFlags };
}

export function formatTraceparent({ traceId, parentId, flags }: TraceContext): string {
  return `00-${traceId}-${parentId}-${flags.toString(16).padStart(2, '0')}`;
}

export function isSampled({ flags }: Pick<TraceContext, 'flags'>): boolean {
  return (flags & sampledFlag) !== 0;
}

/**
 * The trace that begins with an invocation: it has the id of the invocation, so that one is found by the other.
 * @param invocationId UUID
 */
export function newTrace(invocationId: string, sampled: boolean): TraceContext {
  const traceId = invocationId.replaceAll('-', '');
  return { traceId, parentId: traceId.slice(16), flags: sampled ? sampledFlag : 0 };
}
