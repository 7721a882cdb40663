/** How attempts of asynchronous invocations end: at the worker that made them, or at the gateway that found them lost. */
import { Counter, type Registry } from 'prom-client';
import { deadReasons, type DeadReason, type FinalStatus } from '../../contracts/async.ts';

/** What follows from the end of an attempt. */
type Verdict =
  | { readonly status: 'queued' | Exclude<FinalStatus, 'dead' | 'cancelled'> }
  | { readonly status: 'dead'; readonly reason: DeadReason };

export class AttemptMetrics {
  readonly #ended: Counter<'outcome'>;
  readonly #dead: Counter<'reason'>;

  constructor(registry: Registry) {
    this.#ended = new Counter({
      name: 'bantam_async_attempts_total',
      help: 'Attempts of asynchronous invocations that ended, by what follows: succeeded, failed, dead, retried.',
      labelNames: ['outcome'],
      registers: [registry],
    });
    this.#dead = new Counter({
      name: 'bantam_async_dead_letters_total',
      help: 'Asynchronous invocations given up, by reason.',
      labelNames: ['reason'],
      registers: [registry],
    });
    for (const outcome of ['succeeded', 'failed', 'dead', 'retried']) this.#ended.inc({ outcome }, 0);
    for (const reason of deadReasons) this.#dead.inc({ reason }, 0);
  }

  ended(verdict: Verdict): void {
    this.#ended.inc({ outcome: verdict.status === 'queued' ? 'retried' : verdict.status });
    if (verdict.status === 'dead') this.#dead.inc({ reason: verdict.reason });
  }
}
