/** Counts what the gateway does. The hot path pays for one counter and four histogram entries a call. */
import type { Answer, Failure } from '../../contracts/invocation.ts';
import type { GatewayMetrics } from '../../shared/metrics.ts';

export interface Meter {
  replied(reply: Pick<Answer, 'ok' | 'start' | 'timing'> | Failure, totalUs: number): void;
  refused(code: string): void;
  published(outcome: string): void;
}

export function meter(metrics: GatewayMetrics): Meter {
  const { duration } = metrics;
  return {
    replied(reply, totalUs) {
      metrics.invocations.inc({ outcome: reply.ok ? 'ok' : reply.code });
      duration.observe({ phase: 'total' }, totalUs / 1e6);
      if (reply.ok && reply.start === 'cold') metrics.coldStarts.inc();
      if (reply.timing === undefined) return;
      const { loadUs, runUs } = reply.timing;
      duration.observe({ phase: 'queue' }, Math.max(0, totalUs - loadUs - runUs) / 1e6);
      duration.observe({ phase: 'load' }, loadUs / 1e6);
      duration.observe({ phase: 'run' }, runUs / 1e6);
    },
    refused: (code) => metrics.refused.inc({ code }),
    published: (outcome) => metrics.publishes.inc({ outcome }),
  };
}
