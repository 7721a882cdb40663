/** Schedules on a real registry, with a clock that tests set. */
import { after, afterEach, before } from 'node:test';
import type pg from 'pg';
import { BantamError } from '../../contracts/errors.ts';
import { Acceptor, type AcceptorOptions } from '../../gateway/async/accept.ts';
import { Resolver } from '../../gateway/invoke/resolver.ts';
import { Clock, type ClockOptions } from '../../gateway/schedules/clock.ts';
import { nextTick } from '../../gateway/schedules/next.ts';
import { ScheduleRunner } from '../../gateway/schedules/run.ts';
import { openInvocations } from '../../registry/invocations/store.ts';
import { publish } from '../../registry/publish.ts';
import { openRegistry } from '../../registry/registry.ts';
import type { ScheduleSpec, StoredSchedule } from '../../registry/schedule-rows.ts';
import { type NextOf, openSchedules } from '../../registry/schedules.ts';
import { createPool } from '../../shared/postgres.ts';
import { eventually } from './eventually.ts';
import type { TestPostgres } from './postgres.ts';
import { publicationOf } from './publications.ts';

/** Where the clocks of tests begin. */
export const startMs = Date.parse('2026-01-01T00:00:00Z');

/** Whole seconds after the start. */
export function at(seconds: number): Date {
  return new Date(startMs + seconds * 1_000);
}

export function specOf(name: string, given: Partial<ScheduleSpec> = {}): ScheduleSpec {
  return {
    name,
    function: 'fib',
    cron: given.everyMs === undefined ? '* * * * * *' : undefined,
    timeZone: 'UTC',
    everyMs: undefined,
    body: '{"n":1}',
    overlap: 'queue',
    missed: 'skip',
    paused: false,
    ...given,
  };
}

export function nextFrom(nowMs: number): NextOf {
  return (spec, createdAt) => {
    const next = nextTick(spec, createdAt.getTime(), nowMs);
    return next === undefined ? undefined : new Date(next);
  };
}

export async function putSchedule(pool: pg.Pool, spec: ScheduleSpec, nowMs: number): Promise<StoredSchedule> {
  return (await openSchedules(pool).put(spec, new Date(nowMs), nextFrom(nowMs))).schedule;
}

/** Knows of every publish at once: it keeps no routes. @param admit see AcceptorOptions */
export function runnerOn(pool: pg.Pool, maxBacklog = 1_000_000, admit?: AcceptorOptions['admit']): ScheduleRunner {
  return new ScheduleRunner({
    async resolve(reference) {
      const route = await new Resolver(openRegistry(pool)).resolve(reference);
      if (route === undefined) throw new BantamError('FUNCTION_NOT_FOUND', `there is no function "${reference.name}"`);
      return route;
    },
    // An engine may lose everything.
    acceptor: new Acceptor({
      store: openInvocations(pool),
      engine: { enqueue: async () => {} },
      maxBacklog,
      ...(admit !== undefined && { admit }),
      onFault: () => {},
    }),
    random: Math.random,
  });
}

export interface Told {
  readonly type: string;
  readonly data: { readonly schedule: string; readonly tick: string; readonly invocation?: string };
}

/** A registry of its own, emptied of schedules and runs for each test, and clocks that all see the time a test has set. */
export class ScheduleBench {
  readonly clock = { ms: startMs };
  readonly #clocks: Clock[] = [];
  #pool: pg.Pool | undefined;

  get pool(): pg.Pool {
    if (this.#pool === undefined) throw new Error('the registry is there once the tests run');
    return this.#pool;
  }

  /** With the function of `specOf`. */
  async open(url: string): Promise<void> {
    this.#pool = createPool(url, { max: 20, applicationName: 'test', onError: () => {} });
    await publish(this.#pool, publicationOf('fib', 'fib'));
  }

  /** Starts a clock that leads. */
  go(given: Partial<ClockOptions> = {}): Clock {
    const { pool, clock } = this;
    const parts = { leader: { leading: true }, store: openSchedules(pool), runner: runnerOn(pool) };
    const started = new Clock({ ...parts, now: () => clock.ms, onError: () => {}, ...given });
    this.#clocks.push(started);
    return started;
  }

  /** Sets the time and waits until every schedule that is due has moved on. */
  async advanceTo(ms: number): Promise<void> {
    this.clock.ms = ms;
    for (const clock of this.#clocks) clock.wake();
    await eventually(async () => {
      const soonest = await openSchedules(this.pool).soonest();
      return soonest === undefined || soonest.getTime() > ms;
    });
  }

  async find(name: string): Promise<StoredSchedule> {
    const schedule = await openSchedules(this.pool).find(name);
    if (schedule === undefined) throw new Error(`there is no schedule ${name}`);
    return schedule;
  }

  /** @returns ids of the invocations of a schedule, oldest first */
  async runsOf(name: string): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>('select id from invocations where schedule = $1 order by id', [name]);
    return rows.map(({ id }) => id);
  }

  /** @returns events of a schedule, in order */
  async eventsOf(name: string): Promise<Told[]> {
    const { rows } = await this.pool.query<Told>(`select type, data from events where data ->> 'schedule' = $1 order by id`, [name]);
    return rows;
  }

  async clear(): Promise<void> {
    await Promise.all(this.#clocks.splice(0).map((clock) => clock.close()));
    this.clock.ms = startMs;
    await this.pool.query('truncate schedules, invocations, idempotency_keys, events cascade');
  }
}

/** Call it once, at the top of a test file. */
export function useSchedules(postgres: TestPostgres): ScheduleBench {
  const bench = new ScheduleBench();
  before(async () => bench.open(await postgres.createRegistry()));
  afterEach(() => bench.clear());
  after(() => bench.pool.end());
  return bench;
}
