/** POST /async and the API of invocations, on a real record: everything but the running. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { InvocationRecord } from '../../contracts/async.ts';
import { decodeRequest } from '../../contracts/request.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import { allowedCallback, type AsyncGateway, maxBodyBytes, openAsyncGateway } from '../support/async-gateway.ts';
import { answered, givenUp, runFirst } from '../support/async-lane.ts';
import { eventually } from '../support/eventually.ts';
import { assertProblem } from '../support/functions.ts';
import { type HttpAnswer, type HttpRequest, send } from '../support/http.ts';
import { usePostgres } from '../support/postgres.ts';

const postgres = usePostgres();
const worker = randomUUID();
let gateway: AsyncGateway;

before(async () => {
  gateway = await openAsyncGateway(postgres);
  await gateway.lane.workers.join(worker, 'test');
  await gateway.lane.publish('job');
  await gateway.lane.publish('other');
  await gateway.lane.publish('busy');
});
after(() => gateway.close());

const ask = (path: string, request?: HttpRequest): Promise<HttpAnswer> => send(gateway.url, path, request);
const enqueue = (path: string, request: HttpRequest = {}): Promise<HttpAnswer> => ask(`/async/${path}`, { method: 'POST', ...request });
const idOf = ({ status, json, text }: HttpAnswer): string => {
  assert.equal(status, 202, text);
  return (json as { id: string }).id;
};
const listed = async (query: string): Promise<string[]> => {
  const { json } = await ask(`/api/invocations?${query}`);
  return (json as { invocations: InvocationRecord[] }).invocations.map(({ id }) => id);
};

test('202 says where to look, and there it is', async () => {
  const answer = await enqueue('job:live/a%20b?x=1', {
    body: 'some work',
    headers: { 'content-type': 'text/plain', 'x-bantam-delay': '1h' },
  });
  const id = idOf(answer);
  const statusUrl = `/api/invocations/${id}`;
  assert.deepEqual(answer.json, { id, statusUrl });
  assert.partialDeepStrictEqual(answer.headers, {
    location: statusUrl,
    'x-bantam-invocation-id': id,
    'x-bantam-version': '1',
    'x-bantam-alias': 'live',
  });
  const { json } = await ask(statusUrl);
  assert.partialDeepStrictEqual(json, { id, function: 'job', version: 1, status: 'queued', attempts: [] });
  const { acceptedAt, dueAt } = json as InvocationRecord;
  assert.equal(Date.parse(dueAt ?? '') - Date.parse(acceptedAt), 3_600_000);
  await eventually(() => gateway.lane.engine.attempts.get(id)?.delayMs === 3_600_000);
});

test('a guest gets the request as a synchronous call would have given it', async () => {
  const id = idOf(await enqueue('job@1/a%20b?x=%2F', { body: 'work', headers: { authorization: 'secret', 'x-colour': 'blue' } }));
  const [claimed] = await gateway.lane.store.claim(worker, [{ id, attempt: 0 }]);
  assert.ok(claimed);
  const { body, ...head } = decodeRequest(claimed.payload);
  assert.equal(Buffer.from(body).toString(), 'work');
  assert.partialDeepStrictEqual(head, { method: 'POST', scriptName: '/fn/job@1', pathInfo: '/a%20b', query: 'x=%2F' });
  assert.ok(head.headers.includes('x-colour') && !head.headers.includes('authorization'));
});

test('what is wrong with a request is said at once', async () => {
  assertProblem(await enqueue('nobody'), 'FUNCTION_NOT_FOUND');
  assertProblem(await enqueue('job@7'), 'VERSION_NOT_FOUND');
  assertProblem(await enqueue('job:other'), 'ALIAS_NOT_FOUND');
  assertProblem(await enqueue('Job'), 'INVALID_NAME');
  assertProblem(await enqueue('job', { body: Buffer.alloc(maxBodyBytes + 1) }), 'BODY_TOO_LARGE');
  assertProblem(await enqueue('job', { headers: { 'x-bantam-delay': 'soon' } }), 'INVALID_REQUEST', /x-bantam-delay is no duration/);
  assertProblem(await enqueue('job', { headers: { 'x-bantam-delay': '169h' } }), 'INVALID_REQUEST', /longer than 604800 seconds/);
  assertProblem(await enqueue('job', { headers: { 'x-callback-url': 'https://evil.example/' } }), 'DESTINATION_NOT_ALLOWED');
  for (const key of ['', 'a b', 'k'.repeat(256)])
    assertProblem(await enqueue('job', { headers: { 'idempotency-key': key } }), 'INVALID_REQUEST', /Idempotency-Key/);
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const answer = await ask('/async/job', { method });
    assertProblem(answer, 'METHOD_NOT_ALLOWED');
    assert.equal(answer.headers.allow, 'POST');
  }
});

test('the same key and request are the same invocation, another request with the key is refused', async () => {
  const request = {
    body: 'once',
    headers: { 'idempotency-key': 'k'.repeat(255), 'content-type': 'text/plain', 'x-callback-url': allowedCallback },
  };
  const answers = await Promise.all([enqueue('job/p?q=1', request), enqueue('job/p?q=1', request), enqueue('job/p?q=1', request)]);
  assert.equal(new Set(answers.map(idOf)).size, 1);
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
  for (const [path, change] of [
    ['job/p?q=2', {}],
    ['job/q?q=1', {}],
    ['job@1/p?q=1', {}],
    ['job/p?q=1', { body: 'twice' }],
    ['job/p?q=1', { headers: { ...request.headers, 'content-type': 'text/html' } }],
  ] as const)
    assertProblem(await enqueue(path, { ...request, ...change }), 'IDEMPOTENCY_KEY_REUSED');
  // Keys belong to a function.
  assert.notEqual(idOf(await enqueue('other/p?q=1', request)), idOf(answers[0]));
});

test('a result is the answer that the guest gave, once there is one', async () => {
  const { lane } = gateway;
  const [id = ''] = await lane.accept('job', 1);
  const early = await ask(`/api/invocations/${id}/result`);
  assertProblem(early, 'INVOCATION_NOT_FINISHED');
  assert.equal(early.headers['retry-after'], '1');
  const headers = ['content-type', 'text/x-note', 'set-cookie', 'a=1', 'x-colour', 'blue', 'set-cookie', 'b=2'];
  await runFirst(lane, worker, [id], answered({ status: 418, headers, body: Buffer.from('short and stout') }));
  const result = await ask(`/api/invocations/${id}/result`);
  assert.deepEqual([result.status, result.text], [418, 'short and stout']);
  assert.partialDeepStrictEqual(result.headers, {
    'content-type': 'text/x-note',
    'set-cookie': ['a=1', 'b=2'],
    'x-colour': 'blue',
    'x-bantam-invocation-id': id,
    'x-bantam-version': '1',
  });
  assert.partialDeepStrictEqual((await ask(`/api/invocations/${id}`)).json, { status: 'failed', resultStatus: 418 });
});

test('the result of one that failed is its problem, of one without content is empty, of one that was cancelled is gone', async () => {
  const { lane } = gateway;
  const [failing = '', empty = '', cancelled = ''] = await lane.accept('job', 3);
  await runFirst(lane, worker, [failing], givenUp('GUEST_TRAPPED', { trap: 'unreachable' }));
  await runFirst(lane, worker, [empty], answered({ status: 204, headers: [], body: Buffer.alloc(0) }));
  const problem = await ask(`/api/invocations/${failing}/result`);
  assertProblem(problem, 'GUEST_TRAPPED', 'so it was');
  assert.partialDeepStrictEqual(problem.json, { trap: 'unreachable', invocationId: failing });
  const nothing = await ask(`/api/invocations/${empty}/result`);
  assert.deepEqual([nothing.status, nothing.text, nothing.headers['content-type']], [204, '', undefined]);
  assert.equal((await ask(`/api/invocations/${cancelled}`, { method: 'DELETE' })).status, 200);
  assertProblem(await ask(`/api/invocations/${cancelled}/result`), 'INVOCATION_CANCELLED');
});

test('cancelling is for those that are not finished, and can be repeated', async () => {
  const { lane } = gateway;
  const [id = '', done = ''] = await lane.accept('job', 2);
  for (let i = 0; i < 2; i++) {
    const { status, json } = await ask(`/api/invocations/${id.toUpperCase()}`, { method: 'DELETE' });
    assert.equal(status, 200);
    assert.partialDeepStrictEqual(json, { id, status: 'cancelled' });
  }
  await runFirst(lane, worker, [done], answered());
  assertProblem(await ask(`/api/invocations/${done}`, { method: 'DELETE' }), 'INVOCATION_FINISHED', /is succeeded/);
});

test('what is no id and what is not there are not found', async () => {
  for (const id of [randomUUID(), 'x', '%00', "1'--"])
    for (const [path, method] of [
      [`invocations/${id}`, 'GET'],
      [`invocations/${id}?wait=1s`, 'GET'],
      [`invocations/${id}/result`, 'GET'],
      [`invocations/${id}`, 'DELETE'],
      [`dead-letters/${id}`, 'GET'],
      [`dead-letters/${id}`, 'DELETE'],
      [`dead-letters/${id}/redrive`, 'POST'],
    ] as const)
      assertProblem(await ask(`/api/${path}`, { method }), 'INVOCATION_NOT_FOUND');
});

test('a wait ends with the invocation, for the record and for the result', async () => {
  const { lane, waiters, questions } = gateway;
  const [id = ''] = await lane.accept('job', 1);
  const waits = [ask(`/api/invocations/${id}?wait=1m`), ask(`/api/invocations/${id}/result?wait=1m`)] as const;
  await eventually(() => questions.some((ids) => ids.includes(id)));
  await runFirst(lane, worker, [id], answered());
  waiters.wake();
  const [record, result] = await Promise.all(waits);
  assert.partialDeepStrictEqual(record.json, { id, status: 'succeeded' });
  assert.equal(result.text, 'done');
});

test('a wait that is over gives what there is; one that is no duration or too long is refused', async () => {
  const [id = ''] = await gateway.lane.accept('job', 1);
  assert.partialDeepStrictEqual((await ask(`/api/invocations/${id}?wait=1ms`)).json, { status: 'queued' });
  assertProblem(await ask(`/api/invocations/${id}/result?wait=1ms`), 'INVOCATION_NOT_FINISHED');
  assertProblem(await ask(`/api/invocations/${id}?wait=long`), 'INVALID_REQUEST', /^wait is no duration/);
  assertProblem(await ask(`/api/invocations/${id}?wait=301`), 'INVALID_REQUEST', 'wait is longer than 300 seconds');
});

test('nobody is waited for who has hung up', async () => {
  const { lane, questions } = gateway;
  const [left = '', stays = ''] = await lane.accept('job', 2);
  const caller = new AbortController();
  const gone = ask(`/api/invocations/${left}?wait=1m`, { signal: caller.signal });
  await eventually(() => questions.at(-1)?.includes(left));
  caller.abort();
  await assert.rejects(gone);
  const staying = ask(`/api/invocations/${stays}?wait=1m`);
  await eventually(() => questions.at(-1)?.includes(stays) === true && !questions.at(-1)?.includes(left));
  await lane.store.cancel(stays);
  gateway.waiters.wake();
  assert.partialDeepStrictEqual((await staying).json, { status: 'cancelled' });
});

test('invocations are listed newest first, by function, status and schedule, page after page', async () => {
  const { lane } = gateway;
  const ids = [5, 4, 3, 2, 1].map((ms) => uuidv7(Date.now() + ms));
  for (const [i, id] of ids.entries()) await lane.accept('busy', 1, { id, ...(i === 2 && { schedule: 'nightly' }) });
  await lane.store.cancel(ids[0] ?? '');
  assert.deepEqual(await listed('function=busy'), ids);
  assert.deepEqual(await listed('function=busy&status=queued'), ids.slice(1));
  assert.deepEqual(await listed('schedule=nightly'), [ids[2]]);
  const first = (await ask('/api/invocations?function=busy&limit=3')).json as { invocations: InvocationRecord[]; next: string };
  assert.deepEqual(
    first.invocations.map(({ id }) => id),
    ids.slice(0, 3),
  );
  assert.deepEqual(await listed(`function=busy&limit=3&before=${first.next}`), ids.slice(3));
  for (const query of ['status=done', 'limit=0', 'limit=1001', 'before=x', 'function=A'])
    assertProblem(await ask(`/api/invocations?${query}`), 'INVALID_REQUEST');
  assertProblem(await ask('/api/invocations?status=done'), 'INVALID_REQUEST', /allowed values: queued, running, /);
  assertProblem(await ask('/api/invocations?state=queued'), 'INVALID_REQUEST', /: state$/);
});
