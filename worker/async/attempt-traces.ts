/** Makes the spans of asynchronous attempts, where traces are taken. */
import type { Reply } from '../../contracts/invocation.ts';
import { isSampled, parseTraceparent } from '../../contracts/traceparent.ts';
import type { ClaimedAttempt } from '../../registry/invocations/port.ts';
import type { TraceExporter } from '../../shared/traces/exporter.ts';
import { newSpanId } from '../../shared/traces/spans.ts';

/** @param tookMs from the claim to the reply */
export function traceAttempt(exporter: Pick<TraceExporter, 'add'>, claimed: ClaimedAttempt, reply: Reply, tookMs: number): void {
  const { id, attempt, function: name, version } = claimed;
  const parent = parseTraceparent(claimed.traceparent ?? '');
  if (parent === undefined || !isSampled(parent)) return;
  exporter.add({
    traceId: parent.traceId,
    spanId: newSpanId(),
    parentSpanId: parent.parentId,
    runSpanId: undefined,
    name: `attempt ${name}`,
    kind: 'consumer',
    endUs: Date.now() * 1_000,
    totalUs: tookMs * 1_000,
    timing: reply.timing,
    attributes: {
      'faas.name': name,
      'faas.version': String(version),
      'faas.invocation_id': id,
      'bantam.attempt': attempt,
      ...(reply.ok ? { 'faas.coldstart': reply.start === 'cold', 'bantam.start': reply.start } : { 'error.type': reply.code }),
    },
    error: reply.ok ? undefined : reply.code,
  });
}
