/**
 * Spans as OTLP has them in JSON: what POST /v1/traces takes. Pure.
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
import type { Attributes, Span } from './spans.ts';

/** Who makes the spans. */
export interface Resource {
  readonly 'service.name': string;
  readonly 'service.version': string;
  /** UUID of the process. */
  readonly 'service.instance.id': string;
}

/** @returns an ExportTraceServiceRequest */
export function exportRequest(resource: Resource, spans: readonly Span[]): object {
  const scope = { name: 'bantam', version: resource['service.version'] };
  return {
    resourceSpans: [{ resource: { attributes: attributesOf({ ...resource }) }, scopeSpans: [{ scope, spans: spans.map(spanOf) }] }],
  };
}

/** STATUS_CODE_ERROR */
const failed = 2;

function spanOf({ traceId, spanId, parentSpanId, name, kind, startUs, endUs, attributes, error }: Span): object {
  return {
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name,
    kind,
    startTimeUnixNano: nanoseconds(startUs),
    endTimeUnixNano: nanoseconds(endUs),
    attributes: attributesOf(attributes),
    status: error === undefined ? {} : { code: failed, message: error },
  };
}

/** 64-bit integers are decimal strings. */
function nanoseconds(us: number): string {
  return `${us}000`;
}

function attributesOf(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));
}

function valueOf(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
