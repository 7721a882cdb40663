/** The gateway's part of the asynchronous lane, put together: it accepts, keeps, tells of ends, and runs schedules. */
import type pg from 'pg';
import type { AsyncProducer } from '../../queue/async/port.ts';
import { openDeliveries } from '../../registry/deliveries.ts';
import type { InvocationStore, RetentionBounds, WorkerStore } from '../../registry/invocations/port.ts';
import { takeCensus } from '../../registry/invocations/census.ts';
import { openInvocations, openWorkers } from '../../registry/invocations/store.ts';
import type { FunctionRegistry } from '../../registry/registry.ts';
import { openSchedules, type ScheduleStore } from '../../registry/schedules.ts';
import { openSecrets } from '../../registry/secrets.ts';
import type { Logger } from '../../shared/logger.ts';
import { AsyncMetrics } from '../../shared/metrics/async.ts';
import type { ProcessMetrics } from '../../shared/metrics/process.ts';
import type { CallbackRules } from '../callbacks/allow-list.ts';
import { Courier } from '../callbacks/courier.ts';
import { functionCarrier } from '../callbacks/to-function.ts';
import { urlCarrier } from '../callbacks/to-url.ts';
import type { Resolver } from '../invoke/resolver.ts';
import { Leader } from '../leader.ts';
import type { QuotaBook } from '../quotas/book.ts';
import { Clock } from '../schedules/clock.ts';
import { ScheduleRunner } from '../schedules/run.ts';
import { Acceptor } from './accept.ts';
import { CensusTaker } from './census.ts';
import { countDeliveries, countInvocations, countMissing, countTicks, countWorkers } from './counted.ts';
import { Keeper } from './keeper.ts';
import { Waiters } from './waiters.ts';

export interface AsyncLaneOptions {
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  readonly engine: AsyncProducer;
  readonly registry: Pick<FunctionRegistry, 'version'>;
  readonly resolver: Resolver;
  readonly maxBacklog: number;
  readonly quotas: Pick<QuotaBook, 'queue'>;
  /** Largest body of a call. */
  readonly maxBodyBytes: number;
  readonly bounds: RetentionBounds;
  readonly callbacks: CallbackRules;
  readonly metrics: Pick<ProcessMetrics, 'registry' | 'attempts'>;
  readonly log: Logger;
}

/** Number of the advisory lock of whoever keeps the lane and runs schedules. */
const leaderLock = 7_236_831;

export class AsyncLane {
  readonly invocations: InvocationStore;
  readonly workers: WorkerStore;
  readonly engine: AsyncProducer;
  readonly acceptor: Acceptor;
  readonly waiters: Waiters;
  readonly schedules: ScheduleStore;
  readonly runner: ScheduleRunner;
  readonly clock: Clock;
  readonly #courier: Courier;
  readonly #keeper: Keeper;
  readonly #leader: Leader;
  readonly #census: CensusTaker;

  constructor({ pool, databaseUrl, engine, registry, resolver, callbacks, metrics, log, ...options }: AsyncLaneOptions) {
    const counters = new AsyncMetrics(metrics.registry, () => ({ leading: this.#leader.leading, census: this.#census.last }));
    const store = countInvocations(openInvocations(pool), counters, metrics.attempts);
    this.invocations = store;
    this.workers = countWorkers(openWorkers(pool), counters);
    this.engine = engine;
    this.acceptor = new Acceptor({
      store,
      engine,
      maxBacklog: options.maxBacklog,
      admit: (name, caller) => options.quotas.queue(name, caller),
      onFault: (err) => log.debug({ err }, 'accepted invocations are not in the queue yet: the keeper brings them'),
    });
    this.waiters = new Waiters({ finished: (ids) => store.finished(ids) });
    this.schedules = countTicks(openSchedules(pool), counters);
    this.runner = new ScheduleRunner({ resolve: (reference) => resolver.find(reference), acceptor: this.acceptor, random: Math.random });
    this.#leader = new Leader(databaseUrl, {
      lock: leaderLock,
      name: 'leader',
      onError: (err) => log.warn({ err }, 'cannot stand for leader: trying again'),
    });
    this.#census = new CensusTaker({
      leader: this.#leader,
      count: () => takeCensus(pool),
      onError: (err) => log.warn({ err }, 'asynchronous invocations could not be counted: trying again'),
    });
    this.clock = new Clock({
      leader: this.#leader,
      store: this.schedules,
      runner: this.runner,
      now: () => Date.now(),
      onError: (err) => log.warn({ err }, 'schedules could not be run: trying again'),
    });
    this.#keeper = new Keeper({
      store,
      workers: this.workers,
      engine: countMissing(engine, counters),
      secrets: openSecrets(pool),
      version: (name, version) => registry.version(name, version),
      leader: this.#leader,
      bounds: options.bounds,
      log,
    });
    this.#courier = new Courier({
      deliveries: countDeliveries(openDeliveries(pool), counters),
      toUrl: urlCarrier({ rules: callbacks }),
      toFunction: functionCarrier({
        resolve: (reference) => resolver.find(reference),
        accept: (call) => this.acceptor.accept(call),
        maxBodyBytes: options.maxBodyBytes,
      }),
      onFault: (err) => log.warn({ err }, 'destinations could not be told: trying again'),
    });
    this.#courier.start();
  }

  /** There are new events: somebody may have waited for one. */
  wake(): void {
    this.waiters.wake();
    this.#courier.wake();
  }

  /** Waits for what is under way; another gateway may lead then. */
  async close(): Promise<void> {
    this.waiters.close();
    await Promise.all([this.clock.close(), this.#keeper.close(), this.#courier.close(), this.#census.close()]);
    await this.#leader.close();
  }
}
