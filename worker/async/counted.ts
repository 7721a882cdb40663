/** The pool as the asynchronous lane uses it: as it is, but its replies are counted. */
import { checkAnswer } from '../../contracts/guest-answer.ts';
import type { InvocationHandler } from '../../queue/port.ts';
import type { FunctionMetrics } from '../../shared/metrics/functions.ts';
import type { PhaseMetrics } from '../../shared/metrics/phases.ts';

export interface CountedIn {
  readonly functions: FunctionMetrics;
  readonly phases: PhaseMetrics;
}

export function countReplies(handler: InvocationHandler, { functions, phases }: CountedIn): InvocationHandler {
  return {
    capacity: () => handler.capacity(),
    cancel: (invocationId) => handler.cancel(invocationId),
    stop: (invocationId) => handler.stop(invocationId),
    onCapacity: (listener) => handler.onCapacity(listener),
    run(invocation, done) {
      const beganMs = performance.now();
      const series = functions.of(invocation.target.function, beganMs).async;
      series.started++;
      handler.run(invocation, (reply) => {
        const tookUs = (performance.now() - beganMs) * 1_000;
        if (reply.timing !== undefined) phases.async.replied(reply.timing, tookUs);
        phases.async.ended(tookUs);
        series.ended(reply.ok ? checkAnswer(reply, 'POST') : reply, tookUs);
        done(reply);
      });
    },
  };
}
