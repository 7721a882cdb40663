/** The API of dead letters, on a real record. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { InvocationRecord } from '../../contracts/async.ts';
import { type AsyncGateway, openAsyncGateway } from '../support/async-gateway.ts';
import { answered, givenUp, runFirst } from '../support/async-lane.ts';
import { eventually } from '../support/eventually.ts';
import { assertAnswer, assertProblem } from '../support/functions.ts';
import { type HttpAnswer, type HttpRequest, jsonType, send } from '../support/http.ts';
import { usePostgres } from '../support/postgres.ts';

const postgres = usePostgres();
const worker = randomUUID();
let gateway: AsyncGateway;

before(async () => {
  gateway = await openAsyncGateway(postgres);
  await gateway.lane.workers.join(worker, 'test');
});
after(() => gateway.close());

const ask = (path: string, request?: HttpRequest): Promise<HttpAnswer> => send(gateway.url, `/api/dead-letters${path}`, request);
const redrive = (filter: unknown): Promise<HttpAnswer> =>
  ask('/redrive', { method: 'POST', headers: jsonType, body: JSON.stringify(filter) });
const listed = async (query: string): Promise<string[]> =>
  ((await ask(`?${query}`)).json as { invocations: InvocationRecord[] }).invocations.map(({ id }) => id);

/** Dead letters of a function of their own, oldest first; those of `crashed` are quarantined. */
async function dead(name: string, count: number, crashed = 0): Promise<string[]> {
  await gateway.lane.publish(name);
  const ids = (await gateway.lane.accept(name, count)).toSorted((a, b) => (a < b ? -1 : 1));
  const { verdict, outcome } = givenUp('EXECUTOR_LOST');
  await runFirst(gateway.lane, worker, ids.slice(0, count - crashed), givenUp('GUEST_TRAPPED'));
  if (crashed > 0)
    await runFirst(gateway.lane, worker, ids.slice(count - crashed), {
      verdict: { ...verdict, status: 'dead', reason: 'quarantined' },
      outcome,
    });
  return ids;
}

test('dead letters are listed newest first, by function and reason, page after page', async () => {
  const ids = await dead('listed', 3, 1);
  const [a, b, c] = ids;
  assert.deepEqual(await listed('function=listed'), [c, b, a]);
  assert.deepEqual(await listed('function=listed&reason=attempts'), [b, a]);
  assert.deepEqual(await listed('function=listed&reason=quarantined'), [c]);
  const { json } = await ask('?function=listed&limit=2');
  assert.deepEqual(await listed(`function=listed&limit=2&before=${(json as { next: string }).next}`), [a]);
  assertProblem(await ask('?reason=none'), 'INVALID_REQUEST', /attempts, age, quarantined, gone$/);
});

test('a dead letter is shown with its reason and attempts, another invocation is none', async () => {
  const [id = ''] = await dead('shown', 1);
  const { status, json } = await ask(`/${id}`);
  assert.equal(status, 200);
  assert.partialDeepStrictEqual(json, {
    id,
    status: 'dead',
    reason: 'attempts',
    code: 'GUEST_TRAPPED',
    attempts: [{ attempt: 1, worker }],
  });
  const [waiting = ''] = await gateway.lane.accept('shown', 1);
  assertProblem(await ask(`/${waiting}`), 'INVOCATION_NOT_DEAD', /is queued/);
  assertProblem(await ask(`/${waiting}/redrive`, { method: 'POST' }), 'INVOCATION_NOT_DEAD');
  assertProblem(await ask(`/${waiting}`, { method: 'DELETE' }), 'INVOCATION_NOT_DEAD');
});

test('one that is redriven is queued again, at the engine too, and can succeed', async () => {
  const { lane } = gateway;
  const [id = ''] = await dead('redriven', 1);
  const { status, json } = await ask(`/${id}/redrive`, { method: 'POST' });
  assert.equal(status, 200);
  assert.partialDeepStrictEqual(json, { id, status: 'queued' });
  await eventually(() => lane.engine.attempts.get(id)?.attempt === 1);
  const [claimed] = await lane.store.claim(worker, [{ id, attempt: 1 }]);
  assert.equal(Buffer.from(claimed?.payload ?? []).toString(), 'payload');
  await lane.store.end([{ id, attempt: 2, from: 'running', destinations: [], ...answered() }]);
  assert.equal((await lane.store.find(id))?.status, 'succeeded');
});

test('all of a filter are redriven in one pass, also more than a page, and what dies again meanwhile is not taken again', async () => {
  const { lane } = gateway;
  const ids = await dead('many', 1_100);
  const redriveOnce = lane.store.redrive.bind(lane.store);
  let passes = 0;
  // A worker that is as fast as can be: every page is dead again before the next is looked for.
  lane.store.redrive = async (page) => {
    passes++;
    const redriven = await redriveOnce(page);
    await lane.store.claim(worker, redriven);
    await lane.store.end(
      redriven.map(({ id, attempt }) => ({ id, attempt: attempt + 1, from: 'running', destinations: [], ...givenUp('GUEST_TRAPPED') })),
    );
    return redriven;
  };
  assertAnswer(await redrive({ function: 'many', reason: 'attempts' }), { redriven: ids.length });
  lane.store.redrive = redriveOnce;
  assert.equal(passes, 2);
  assertAnswer(await redrive({ function: 'many', reason: 'age' }), { redriven: 0 });
});

test('a filter that says something else is refused, and changes nothing', async () => {
  const [id = ''] = await dead('careful', 1);
  assertProblem(await redrive({ functions: 'careful' }), 'INVALID_REQUEST');
  assertProblem(await redrive({ reason: 'none' }), 'INVALID_REQUEST');
  assertProblem(await ask('/redrive', { method: 'POST' }), 'INVALID_REQUEST');
  assertProblem(await ask('?functions=careful', { method: 'DELETE' }), 'INVALID_REQUEST');
  assert.equal((await ask(`/${id}`)).status, 200);
});

test('dead letters are deleted one by one or by filter, others are not', async () => {
  const [first = '', ...others] = await dead('purged', 4, 1);
  const [bystander = ''] = await dead('bystander', 1);
  assert.equal((await ask(`/${first}`, { method: 'DELETE' })).status, 204);
  assertProblem(await ask(`/${first}`), 'INVOCATION_NOT_FOUND');
  assertAnswer(await ask('?function=purged&reason=quarantined', { method: 'DELETE' }), { purged: 1 });
  assertAnswer(await ask('?function=purged', { method: 'DELETE' }), { purged: others.length - 1 });
  assert.deepEqual(await listed('function=purged'), []);
  assert.deepEqual(await listed('function=bystander'), [bystander]);
});
