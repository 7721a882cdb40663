/** Records of asynchronous invocations made up for tests. */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { AttemptEnd, ClaimedAttempt, InvocationStore, NewInvocation } from '../../registry/invocations/port.ts';
import { openInvocations, openWorkers } from '../../registry/invocations/store.ts';
import { publish } from '../../registry/publish.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import { publicationOf } from './publications.ts';

/** Of version 1 of the function `work`, due at once. */
export function newInvocation(changes: Partial<NewInvocation> = {}): NewInvocation {
  return {
    id: uuidv7(),
    function: 'work',
    version: 1,
    payload: Buffer.from('payload'),
    delayMs: 0,
    maxAgeMs: 60_000,
    callbackUrl: undefined,
    depth: 0,
    schedule: undefined,
    idempotency: undefined,
    ...changes,
  };
}

export function keyed(key: string, request = 'request'): Pick<NewInvocation, 'idempotency'> {
  return { idempotency: { key, fingerprint: createHash('sha256').update(request).digest() } };
}

export const succeeded: AttemptEnd['verdict'] = { tries: 1, losses: 0, crashes: 0, status: 'succeeded' };
export const deadAtLast: AttemptEnd['verdict'] = { tries: 3, losses: 0, crashes: 0, status: 'dead', reason: 'attempts' };
export const trapped: AttemptEnd['outcome'] = { failure: { code: 'GUEST_TRAPPED', detail: 'unreachable', extra: { trap: 'unreachable' } } };

/** With an answer of 200, unless said otherwise. */
export function endOf({ id, attempt }: Pick<ClaimedAttempt, 'id' | 'attempt'>, changes: Partial<AttemptEnd> = {}): AttemptEnd {
  return {
    id,
    attempt,
    from: 'running',
    verdict: succeeded,
    outcome: { answer: { status: 200, headers: ['content-type', 'text/plain'], body: Buffer.from('done') } },
    destinations: [],
    ...changes,
  };
}

/** Publishes version 1 of `work`, and has a worker join. @returns its id */
export async function prepareWork(pool: pg.Pool): Promise<string> {
  await publish(pool, publicationOf('work', 'work'));
  const worker = uuidv7();
  await openWorkers(pool).join(worker, 'host');
  return worker;
}

/** @returns ids, in order */
export async function acceptSome(pool: pg.Pool, count: number, changes: Partial<NewInvocation> = {}): Promise<string[]> {
  const invocations = Array.from({ length: count }, () => newInvocation(changes));
  await openInvocations(pool).accept(invocations);
  return invocations.map(({ id }) => id);
}

/** Ends invocations, each in its first attempt. @returns their ids */
export async function finishSome(pool: pg.Pool, worker: string, count: number, changes: Partial<AttemptEnd> = {}): Promise<string[]> {
  const store: InvocationStore = openInvocations(pool);
  const ids = await acceptSome(pool, count);
  const claimed = await store.claim(
    worker,
    ids.map((id) => ({ id, attempt: 0 })),
  );
  await store.end(claimed.map((attempt) => endOf(attempt, changes)));
  return ids;
}
