/** Long polls: who is released when, and how often Postgres is asked. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { Waiters } from '../../../gateway/async/waiters.ts';
import { eventually } from '../../support/eventually.ts';

const forever = 60_000;
const { signal } = new AbortController();

interface Question {
  readonly ids: readonly string[];
  answer(...finished: string[]): void;
  fail(): void;
}

/** Waiters whose every question the test answers. */
function asking(t: TestContext): { waiters: Waiters; questions: Question[] } {
  const questions: Question[] = [];
  const waiters = new Waiters({
    finished: (ids) =>
      new Promise((resolve, reject) => {
        questions.push({ ids, answer: (...finished) => resolve(new Set(finished)), fail: () => reject(new Error('away')) });
      }),
  });
  t.after(() => waiters.close());
  return { waiters, questions };
}

/** @returns what says whether it is over */
function watch(wait: Promise<void>): { readonly over: boolean } {
  const state = { over: false };
  void wait.then(() => (state.over = true));
  return state;
}

test('all who wait for an invocation are released when it is finished, and no others', async (t) => {
  const { waiters, questions } = asking(t);
  const waits = [waiters.wait('a', forever, signal), waiters.wait('a', forever, signal)];
  const other = watch(waiters.wait('b', forever, signal));
  questions[0]?.answer();
  await eventually(() => questions.length === 2);
  assert.deepEqual(questions[1]?.ids, ['a', 'b']);
  questions[1].answer('a');
  await Promise.all(waits);
  assert.equal(other.over, false);
});

test('there is one question at a time, and one more after it for all who came or woke it meanwhile', async (t) => {
  const { waiters, questions } = asking(t);
  const waits = ['a', 'b', 'c'].map((id) => waiters.wait(id, forever, signal));
  for (let i = 0; i < 10; i++) waiters.wake();
  assert.deepEqual(
    questions.map(({ ids }) => ids),
    [['a']],
  );
  questions[0]?.answer();
  await eventually(() => questions.length === 2);
  questions[1]?.answer('a', 'b', 'c');
  await Promise.all(waits);
  waiters.wake();
  assert.equal(questions.length, 2);
});

test('without being woken it looks by itself, also after a look that failed', async (t) => {
  const { waiters, questions } = asking(t);
  const wait = waiters.wait('a', forever, signal);
  questions[0]?.fail();
  await eventually(() => questions.length === 2);
  questions[1]?.answer('a');
  await wait;
});

test('a wait ends when its time is over, when its caller hangs up, and when the server closes; what comes then does not wait', async (t) => {
  const { waiters, questions } = asking(t);
  await waiters.wait('a', 1, signal);
  const caller = new AbortController();
  const left = waiters.wait('a', forever, caller.signal);
  caller.abort();
  await left;
  await waiters.wait('a', forever, caller.signal);
  const last = waiters.wait('b', forever, signal);
  questions[0]?.answer();
  await eventually(() => questions.length === 2);
  assert.deepEqual(questions[1]?.ids, ['b']);
  waiters.close();
  await last;
  await waiters.wait('c', forever, signal);
});
