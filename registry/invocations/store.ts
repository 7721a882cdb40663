/** The record of asynchronous invocations, and the workers that there are, in Postgres. */
import type pg from 'pg';
import { acceptInvocations } from './accept.ts';
import { cancelInvocation } from './cancel.ts';
import { begunAttempts, claimAttempts } from './claim.ts';
import { deadLetters, purge, redrive } from './dead-letters.ts';
import { dueAttempts, orphanedAttempts } from './due.ts';
import { endAttempts } from './end.ts';
import type { InvocationStore, WorkerStore } from './port.ts';
import { countQueued, findInvocation, findResult, finishedOf, listInvocations } from './read.ts';
import { sweepInvocations } from './sweep.ts';
import { beat, giveUpWorker, joinWorkers, leaveWorkers, listWorkers } from './workers.ts';

/** @param pool stays the caller's */
export function openInvocations(pool: pg.Pool): InvocationStore {
  return {
    accept: (invocations) => acceptInvocations(pool, invocations),
    claim: (worker, attempts) => claimAttempts(pool, worker, attempts),
    begun: (worker, attempts) => begunAttempts(pool, worker, attempts),
    end: (attempts) => endAttempts(pool, attempts),
    find: (id) => findInvocation(pool, id),
    result: (id) => findResult(pool, id),
    list: (filter, limit, before) => listInvocations(pool, filter, limit, before),
    cancel: (id) => cancelInvocation(pool, id),
    finished: (ids) => finishedOf(pool, ids),
    countQueued: (atMost) => countQueued(pool, atMost),
    due: (graceMs, limit, after) => dueAttempts(pool, graceMs, limit, after),
    orphans: (limit) => orphanedAttempts(pool, limit),
    redrive: (ids) => redrive(pool, ids),
    deadLetters: (filter, limit, after) => deadLetters(pool, filter, limit, after),
    purge: (ids) => purge(pool, ids),
    sweep: (bounds) => sweepInvocations(pool, bounds),
  };
}

/** @param pool stays the caller's */
export function openWorkers(pool: pg.Pool): WorkerStore {
  return {
    join: (worker, host) => joinWorkers(pool, worker, host),
    beat: (worker, running) => beat(pool, worker, running),
    leave: (worker) => leaveWorkers(pool, worker),
    list: () => listWorkers(pool),
    giveUp: (worker, beats) => giveUpWorker(pool, worker, beats),
  };
}
