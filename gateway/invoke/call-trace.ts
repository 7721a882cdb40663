/** Which trace a call belongs to, and what is passed on of it. Pure. */
import { formatTraceparent, isSampled, newTrace, parseTraceparent } from '../../contracts/traceparent.ts';

export interface CallTrace {
  readonly traceId: string;
  /** Of the caller; undefined when the trace begins here. */
  readonly parentSpanId: string | undefined;
  /** The parent of what happens below the call. */
  readonly spanId: string;
  /** What whoever is called below finds in the header. */
  readonly traceparent: string;
  /** Whether spans are to be made. */
  readonly recorded: boolean;
}

/** What is needed of a request. */
export interface Traceable {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** @param recording whether there is somebody who takes spans: then a trace that begins here is sampled, and one that was sampled goes on here */
export function traceOf({ headers }: Traceable, invocationId: string, recording: boolean): CallTrace {
  const header = headers['traceparent']?.toString() ?? '';
  const caller = parseTraceparent(header);
  const own = newTrace(invocationId, recording);
  const spanId = own.parentId;
  if (caller === undefined)
    return { traceId: own.traceId, parentSpanId: undefined, spanId, traceparent: formatTraceparent(own), recorded: recording };
  const recorded = recording && isSampled(caller);
  const traceparent = recorded ? formatTraceparent({ ...caller, parentId: spanId }) : header;
  return { traceId: caller.traceId, parentSpanId: caller.parentId, spanId, traceparent, recorded };
}
