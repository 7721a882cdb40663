/** How Redis answers the synchronous lane, and how full it is. Without Redis there is nothing to tell. */
import { Counter, type Registry } from 'prom-client';
import { registerRead } from './read-metric.ts';
import { Tally } from './tally.ts';

export class RedisMetrics {
  readonly #commands = new Map<string, Tally>();
  readonly #errors: Counter<'command'>;
  readonly #requeued: Counter;
  readonly #lost: Counter;
  #memory: { readonly usedBytes: number; readonly maxBytes: number } | undefined;

  constructor(registry: Registry) {
    const name = 'bantam_redis_command_seconds';
    registerRead(
      registry,
      {
        name,
        help: 'Duration of the scripts of the synchronous lane (queue/redis/scripts/), each for a batch of calls.',
        type: 'histogram',
        labelNames: ['command'],
      },
      () => [...this.#commands].flatMap(([command, tally]) => tally.samples(name, { command })),
    );
    this.#errors = new Counter({
      name: 'bantam_redis_command_errors_total',
      help: 'Scripts of the synchronous lane that failed: Redis was out of reach, or refused.',
      labelNames: ['command'],
      registers: [registry],
    });
    this.#requeued = new Counter({
      name: 'bantam_queue_redelivered_total',
      help: 'Calls of lost workers that were not started and went to others; counted at the gateway that gave the worker up.',
      registers: [registry],
    });
    this.#lost = new Counter({
      name: 'bantam_queue_lost_total',
      help: 'Calls that failed since their worker was lost and may have started them; counted at the gateway that gave the worker up.',
      registers: [registry],
    });
    registerRead(
      registry,
      {
        name: 'bantam_redis_memory_bytes',
        help: 'Memory of Redis, as a gateway last saw it. state: used; max (maxmemory, 0: no limit).',
        type: 'gauge',
        labelNames: ['state'],
      },
      () =>
        this.#memory === undefined
          ? []
          : [
              { labels: { state: 'used' }, value: this.#memory.usedBytes },
              { labels: { state: 'max' }, value: this.#memory.maxBytes },
            ],
    );
  }

  /** @param name of a script */
  command(name: string, tookMs: number, ok: boolean): void {
    let tally = this.#commands.get(name);
    if (tally === undefined) {
      tally = new Tally();
      this.#commands.set(name, tally);
    }
    tally.add(tookMs / 1_000);
    if (!ok) this.#errors.inc({ command: name });
  }

  reaped(requeued: number, lost: number): void {
    this.#requeued.inc(requeued);
    this.#lost.inc(lost);
  }

  memory(usedBytes: number, maxBytes: number): void {
    this.#memory = { usedBytes, maxBytes };
  }
}
