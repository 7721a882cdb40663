/** Runs schedules when their time has come: every gateway has a clock, that of the leader goes. */
import { BantamError } from '../../contracts/errors.ts';
import type { TickEnd } from '../../registry/schedule-ticks.ts';
import type { DueSchedule, ScheduleStore } from '../../registry/schedules.ts';
import { Batcher } from '../../shared/batcher.ts';
import { Rounds } from '../async/rounds.ts';
import { nextTick } from './next.ts';
import type { ScheduleRunner } from './run.ts';
import { judgeTick } from './tick.ts';

export interface ClockOptions {
  readonly leader: { readonly leading: boolean };
  readonly store: Pick<ScheduleStore, 'due' | 'soonest' | 'settle'>;
  readonly runner: Pick<ScheduleRunner, 'runTick'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Told of the first failure in a row: the ticks that failed are tried again. */
  readonly onError: (error: unknown) => void;
}

const lookEveryMs = 1_000;
/** Of one look. */
const maxSchedules = 1_000;
/** At a time: as many as one commit takes, and no longer a look at calendars than calls of functions can wait. */
const groupSize = 64;

/** Goes from construction until `close()`. */
export class Clock {
  readonly #options: ClockOptions;
  readonly #ends: Batcher<TickEnd, boolean>;
  readonly #rounds: Rounds;

  constructor(options: ClockOptions) {
    this.#options = options;
    this.#ends = new Batcher({ flush: (ends) => options.store.settle(ends), maxItems: groupSize, maxFlights: 1 });
    this.#rounds = new Rounds({
      work: async () => (options.leader.leading ? this.#look() : lookEveryMs),
      onError: options.onError,
    });
  }

  /** A schedule has changed: the next tick may come sooner than was thought. */
  wake(): void {
    this.#rounds.wake();
  }

  /** Waits for the ticks under way. */
  close(): Promise<void> {
    return this.#rounds.close();
  }

  /** One tick of each schedule that is due. @returns milliseconds until the next look: none when more is due */
  async #look(): Promise<number> {
    const { store, now } = this.#options;
    const nowMs = now();
    const due = await store.due(new Date(nowMs), maxSchedules);
    const failures: unknown[] = [];
    for (let i = 0; i < due.length; i += groupSize) {
      const group = due.slice(i, i + groupSize);
      await Promise.all(group.map((schedule) => this.#handle(schedule, nowMs).catch((error: unknown) => failures.push(error))));
    }
    if (failures.length > 0) throw failures[0];
    const soonest = await store.soonest();
    return soonest === undefined ? lookEveryMs : Math.min(lookEveryMs, Math.max(0, soonest.getTime() - now()));
  }

  /**
   * The invocation is in the record before the schedule moves on. If the second does not come about, or another gateway does the same, the first is
   * repeated, and finds the invocation of that tick.
   */
  async #handle(schedule: DueSchedule, nowMs: number): Promise<void> {
    const { name, createdAt, nextAt: tick } = schedule;
    const { nextMs, ...verdict } = judgeTick(schedule, nowMs, (afterMs) => nextTick(schedule, createdAt.getTime(), afterMs));
    const outcome = verdict.run ? await this.#run(schedule) : { reason: verdict.reason };
    await this.#ends.add({ name, tick, nextAt: nextMs === undefined ? undefined : new Date(nextMs), outcome });
  }

  /** @throws what may be over by the next look */
  async #run(schedule: DueSchedule): Promise<TickEnd['outcome']> {
    try {
      const { id } = await this.#options.runner.runTick(schedule, schedule.nextAt);
      return { invocation: id };
    } catch (error) {
      if (!(error instanceof BantamError)) throw error;
      // The others do not wait for a namespace that has used up its quota.
      if (error.row.retryable && error.code !== 'QUOTA_EXCEEDED') throw error;
      return { reason: 'error', code: error.code, detail: error.message };
    }
  }
}
