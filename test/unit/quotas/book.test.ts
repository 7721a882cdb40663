/** The quotas as a gateway knows them: what is in use of them, and that nothing old comes after something new. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { BantamError } from '../../../contracts/errors.ts';
import type { Quota, QuotaSubject } from '../../../contracts/quota.ts';
import { QuotaBook } from '../../../gateway/quotas/book.ts';
import { eventually } from '../../support/eventually.ts';

type Quotas = readonly (readonly [QuotaSubject, Quota])[];

/** A store whose every answer the test gives. */
class TestStore {
  readonly asked: PromiseWithResolvers<Quotas>[] = [];
  /** How many invocations it says are queued. */
  queued = 0;

  all(): Promise<Quotas> {
    const question = Promise.withResolvers<Quotas>();
    this.asked.push(question);
    return question.promise;
  }

  async countQueued(_subject: QuotaSubject, atMost: number): Promise<number> {
    return Math.min(this.queued, atMost);
  }
}

const team = { kind: 'namespace', id: 'team' } as const;
const key = { kind: 'key', id: '0123456789abcdef' } as const;

interface Setup {
  readonly book: QuotaBook;
  readonly store: TestStore;
  readonly faults: unknown[];
}

function setUp(t: TestContext): Setup {
  const store = new TestStore();
  const faults: unknown[] = [];
  const book = new QuotaBook({ store, onFault: (error) => faults.push(error) });
  t.after(async () => {
    for (const { resolve } of store.asked) resolve([]);
    await book.close();
  });
  return { book, store, faults };
}

async function knowing(t: TestContext, quotas: Quotas): Promise<Setup> {
  const setup = setUp(t);
  setup.store.asked[0]?.resolve(quotas);
  await setup.book.know();
  return setup;
}

function exceeds(quota: keyof Quota): (error: unknown) => boolean {
  return (error) => error instanceof BantamError && error.code === 'QUOTA_EXCEEDED' && error.extra?.['quota'] === quota;
}

test('it is empty only once it is known that nobody has a quota', async (t) => {
  const { book, store } = setUp(t);
  assert.equal(book.isEmpty, false);
  const known = book.know();
  store.asked[0]?.resolve([]);
  await known;
  assert.equal(book.isEmpty, true);
  assert.equal(book.know(), undefined);
  book.set(key, { concurrency: 1 });
  assert.equal(book.isEmpty, false);
  book.set(key, undefined);
  assert.equal(book.isEmpty, true);
});

test('whoever must know is told when it could not be read, and it is read again', async (t) => {
  const { book, store, faults } = setUp(t);
  const known = book.know();
  store.asked[0]?.reject(new BantamError('REGISTRY_UNAVAILABLE', 'away'));
  await assert.rejects(async () => known, { code: 'REGISTRY_UNAVAILABLE' });
  assert.equal(faults.length, 1);
  await eventually(() => store.asked.length === 2);
  store.asked[1]?.resolve([[team, { concurrency: 1 }]]);
  await book.know();
  assert.equal(book.holders('team', undefined)?.length, 1);
});

test('what was read before a change is read again', async (t) => {
  const { book, store } = await knowing(t, []);
  book.reload();
  await eventually(() => store.asked.length === 2);
  book.set(team, { concurrency: 7 });
  store.asked[1]?.resolve([]);
  await eventually(() => store.asked.length === 3);
  assert.equal(book.holders('team', undefined)?.[0]?.quota.concurrency, 7);
  book.reload();
  store.asked[2]?.resolve([]);
  await eventually(() => store.asked.length === 4);
  store.asked[3]?.resolve([[team, { concurrency: 8 }]]);
  await eventually(() => book.holders('team', undefined)?.[0]?.quota.concurrency === 8);
});

test('a call counts for its namespace and its key, and for nobody else', async (t) => {
  const { book } = await knowing(t, [
    [team, { concurrency: 5 }],
    [key, { concurrency: 5 }],
  ]);
  assert.equal(book.enter('fib', undefined), undefined);
  assert.equal(book.enter('fib.other', 'fedcba9876543210'), undefined);
  book.enter('fib.team', key.id);
  book.enter('fib.team', undefined);
  book.enter('fib', key.id);
  assert.deepEqual([book.inFlight(team), book.inFlight(key)], [2, 2]);
});

test('as many calls may be in flight as the quota says, and one more when one has ended', async (t) => {
  const { book } = await knowing(t, [[team, { concurrency: 2 }]]);
  const first = book.enter('fib.team', undefined);
  book.enter('other.team', undefined);
  assert.throws(() => book.enter('fib.team', undefined), exceeds('concurrency'));
  for (const holder of first ?? []) holder.leave();
  book.enter('fib.team', undefined);
  assert.equal(book.inFlight(team), 2);
});

test('a call that its key keeps out does not count for its namespace', async (t) => {
  const { book } = await knowing(t, [
    [team, { concurrency: 5 }],
    [key, { concurrency: 1 }],
  ]);
  book.enter('fib.team', key.id);
  assert.throws(() => book.enter('fib.team', key.id), exceeds('concurrency'));
  assert.equal(book.inFlight(team), 1);
});

test('calls in flight stay counted when the quota changes', async (t) => {
  const { book } = await knowing(t, [[team, { concurrency: 2 }]]);
  const holders = book.enter('fib.team', undefined);
  book.set(team, { concurrency: 1 });
  assert.throws(() => book.enter('fib.team', undefined), exceeds('concurrency'));
  for (const holder of holders ?? []) holder.leave();
  book.enter('fib.team', undefined);
});

test('as many invocations may wait as the quota says, those that were there included', async (t) => {
  const { book, store } = await knowing(t, [[team, { asyncBacklog: 3 }]]);
  store.queued = 1;
  assert.equal(book.queue('fib', undefined), undefined);
  await book.queue('fib.team', undefined);
  await book.queue('fib.team', undefined);
  await assert.rejects(async () => book.queue('fib.team', undefined), exceeds('asyncBacklog'));
});

test('a quota without a limit of invocations that wait asks nobody', async (t) => {
  const { book } = await knowing(t, [[team, { concurrency: 1 }]]);
  assert.equal(book.queue('fib.team', undefined), undefined);
});
