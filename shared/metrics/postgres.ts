/** How Postgres answers: every call that goes through onPostgres (shared/postgres.ts), of the whole process. */
import type { Registry } from 'prom-client';
import { type PostgresCall, postgresCalls } from '../postgres.ts';
import { registerRead } from './read-metric.ts';
import { Tally } from './tally.ts';

/** What a pool of connections says of itself. */
export interface PoolCounts {
  readonly totalCount: number;
  readonly idleCount: number;
  /** Callers that wait for a connection. */
  readonly waitingCount: number;
}

export class PostgresMetrics {
  readonly #registry: Registry;
  readonly #calls: Readonly<Record<PostgresCall['outcome'], Tally>> = { ok: new Tally(), unavailable: new Tally(), failed: new Tally() };

  constructor(registry: Registry) {
    this.#registry = registry;
    const name = 'bantam_registry_call_seconds';
    registerRead(
      registry,
      {
        name,
        help: 'Duration of calls of Postgres, transactions as a whole, the wait for a connection included. outcome: ok, unavailable (out of reach, gave up), failed (a statement was refused).',
        type: 'histogram',
        labelNames: ['outcome'],
      },
      () => Object.entries(this.#calls).flatMap(([outcome, tally]) => tally.samples(name, { outcome })),
    );
  }

  /** From now on, until the process ends. */
  listen(): void {
    postgresCalls.subscribe((message) => {
      const { outcome, tookMs } = message as PostgresCall;
      this.#calls[outcome].add(tookMs / 1_000);
    });
  }

  watch(pool: PoolCounts): void {
    registerRead(
      this.#registry,
      {
        name: 'bantam_registry_connections',
        help: 'Connections to Postgres by state: busy, idle; waiting: callers for whom there is none.',
        type: 'gauge',
        labelNames: ['state'],
      },
      () => [
        { labels: { state: 'busy' }, value: pool.totalCount - pool.idleCount },
        { labels: { state: 'idle' }, value: pool.idleCount },
        { labels: { state: 'waiting' }, value: pool.waitingCount },
      ],
    );
  }
}
