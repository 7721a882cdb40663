/** The gateway's part of the asynchronous lane, put together: it accepts, keeps, tells of ends, and runs schedules. */
import type pg from 'pg';
import type { AsyncProducer } from '../../queue/async/port.ts';
import { openDeliveries } from '../../registry/deliveries.ts';
import type { InvocationStore, RetentionBounds, WorkerStore } from '../../registry/invocations/port.ts';
import { openInvocations, openWorkers } from '../../registry/invocations/store.ts';
import type { FunctionRegistry } from '../../registry/registry.ts';
import { openSchedules, type ScheduleStore } from '../../registry/schedules.ts';
import type { Logger } from '../../shared/logger.ts';
import type { CallbackRules } from '../callbacks/allow-list.ts';
import { Courier } from '../callbacks/courier.ts';
import { functionCarrier } from '../callbacks/to-function.ts';
import { urlCarrier } from '../callbacks/to-url.ts';
import type { Resolver } from '../invoke/resolver.ts';
import { Leader } from '../leader.ts';
import { Clock } from '../schedules/clock.ts';
import { ScheduleRunner } from '../schedules/run.ts';
import { Acceptor } from './accept.ts';
import { Keeper } from './keeper.ts';
import { Waiters } from './waiters.ts';

export interface AsyncLaneOptions {
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  readonly engine: AsyncProducer;
  readonly registry: Pick<FunctionRegistry, 'version'>;
  readonly resolver: Resolver;
  readonly maxBacklog: number;
  /** Largest body of a call. */
  readonly maxBodyBytes: number;
  readonly bounds: RetentionBounds;
  readonly callbacks: CallbackRules;
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

  constructor({ pool, databaseUrl, engine, registry, resolver, callbacks, log, ...options }: AsyncLaneOptions) {
    const store = openInvocations(pool);
    this.invocations = store;
    this.workers = openWorkers(pool);
    this.engine = engine;
    this.acceptor = new Acceptor({
      store,
      engine,
      maxBacklog: options.maxBacklog,
      onFault: (err) => log.debug({ err }, 'accepted invocations are not in the queue yet: the keeper brings them'),
    });
    this.waiters = new Waiters({ finished: (ids) => store.finished(ids) });
    this.schedules = openSchedules(pool);
    this.runner = new ScheduleRunner({ resolve: (reference) => resolver.find(reference), acceptor: this.acceptor, random: Math.random });
    this.#leader = new Leader(databaseUrl, {
      lock: leaderLock,
      name: 'leader',
      onError: (err) => log.warn({ err }, 'cannot stand for leader: trying again'),
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
      engine,
      version: (name, version) => registry.version(name, version),
      leader: this.#leader,
      bounds: options.bounds,
      log,
    });
    this.#courier = new Courier({
      deliveries: openDeliveries(pool),
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
    await Promise.all([this.clock.close(), this.#keeper.close(), this.#courier.close()]);
    await this.#leader.close();
  }
}
