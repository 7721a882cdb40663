/** Asynchronous invocations as a user's curl makes them: accepted, run, repeated, waited for, cancelled, given up, redriven. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { InvocationRecord } from '../../../contracts/async.ts';
import { maybeCrashing } from '../../fixtures/crashing-guest.ts';
import { add, constant, spin } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { eventually } from '../../support/eventually.ts';
import { assertAnswer, assertProblem, deploy, invoke } from '../../support/functions.ts';
import { type HttpAnswer, type HttpRequest, jsonType, send } from '../../support/http.ts';
import { maxBodyBytes } from '../environment.ts';

const trapping = '(module (func (export "run") (result i32) unreachable))';
const echoingCommand = join(import.meta.dirname, '../../../examples/cgi-c/cgi.wasm');

export function asyncSuite(deployment: () => Deployment): void {
  const ask = (path: string, request?: HttpRequest): Promise<HttpAnswer> => send(deployment().url, path, request);
  const enqueue = (path: string, request: HttpRequest = {}): Promise<HttpAnswer> => ask(`/async/${path}`, { method: 'POST', ...request });
  /** @returns the id of an invocation that was accepted */
  const start = async (path: string, request?: HttpRequest): Promise<string> => {
    const { status, json, text } = await enqueue(path, request);
    assert.equal(status, 202, text);
    return (json as { id: string }).id;
  };
  const look = async (id: string, query = ''): Promise<InvocationRecord> => {
    const { status, json, text } = await ask(`/api/invocations/${id}${query}`);
    assert.equal(status, 200, text);
    return json as InvocationRecord;
  };
  const result = (id: string): Promise<HttpAnswer> => ask(`/api/invocations/${id}/result?wait=30s`);

  describe('an asynchronous invocation', { concurrency: 4 }, () => {
    before(async () => {
      const { url } = deployment();
      await deploy(url, 'async-add', add);
      await deploy(url, 'async-cgi', await readFile(echoingCommand));
      await deploy(url, 'async-trap', trapping, { async: { attempts: 3, backoffMs: 0 } });
    });

    test('gives what a synchronous call would have given', async () => {
      const { url } = deployment();
      for (const [path, request] of [
        ['async-add?a=40&b=2', {}],
        ['async-add', { headers: jsonType, body: '{"a": 40, "b": 2}' }],
        ['async-add@1/add', { headers: jsonType, body: '[40, 2]' }],
        ['async-cgi:live/upper', { body: 'straight down\n', headers: { 'content-type': 'text/plain' } }],
        ['async-cgi/environment?a=1&b=%20two', { body: '12345', headers: { 'content-type': 'text/x-note', 'x-colour': 'blue' } }],
        ['async-cgi/moved', {}],
      ] as const) {
        const late = await result(await start(path, request));
        const soon = await invoke(url, path, { method: 'POST', ...request });
        assert.deepEqual([late.status, late.text], [soon.status, soon.text], path);
        for (const name of ['content-type', 'location', 'x-bantam-version']) assert.equal(late.headers[name], soon.headers[name], path);
      }
    });

    test('is followed from 202 to its end', async () => {
      const answer = await enqueue('async-add?a=1&b=2');
      const { id, statusUrl } = answer.json as { id: string; statusUrl: string };
      assert.deepEqual([answer.headers.location, statusUrl], [`/api/invocations/${id}`, `/api/invocations/${id}`]);
      const { json } = await ask(`${statusUrl}?wait=30s`);
      const record = json as InvocationRecord;
      assert.partialDeepStrictEqual(record, { id, function: 'async-add', version: 1, status: 'succeeded', resultStatus: 200 });
      const [attempt] = record.attempts;
      assert.partialDeepStrictEqual(attempt, { attempt: 1, status: 200 });
      const times = [record.acceptedAt, attempt?.startedAt, attempt?.endedAt, record.finishedAt].map((at) => Date.parse(at ?? ''));
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
      assertProblem(await ask(statusUrl, { method: 'DELETE' }), 'INVOCATION_FINISHED');
    });

    test('is refused at once for what is wrong with it', async () => {
      assertProblem(await enqueue('nobody'), 'FUNCTION_NOT_FOUND');
      assertProblem(await enqueue('async-add@7?a=1&b=2'), 'VERSION_NOT_FOUND');
      assertProblem(await enqueue('async-add?a=1'), 'INVALID_ARGUMENTS');
      assertProblem(await enqueue('async-add/other'), 'EXPORT_NOT_FOUND');
      assertProblem(await enqueue('async-cgi', { body: Buffer.alloc(maxBodyBytes + 1) }), 'BODY_TOO_LARGE');
      assertProblem(await enqueue('async-cgi', { headers: { 'x-bantam-delay': 'later' } }), 'INVALID_REQUEST', /no duration/);
      assertProblem(await enqueue('async-cgi', { headers: { 'x-callback-url': 'https://hooks.example.com/' } }), 'DESTINATION_NOT_ALLOWED');
      const wrongMethod = await ask('/async/async-add?a=1&b=2');
      assertProblem(wrongMethod, 'METHOD_NOT_ALLOWED');
      assert.equal(wrongMethod.headers.allow, 'POST');
    });

    test('is one for the same key and request, and another request with the key is refused', async () => {
      const once = (body: string): HttpRequest => ({ body, headers: { 'idempotency-key': 'order-7', 'content-type': 'text/plain' } });
      const ids = await Promise.all(Array.from({ length: 8 }, () => start('async-cgi/upper', once('a'))));
      assert.equal(new Set(ids).size, 1);
      assertProblem(await enqueue('async-cgi/upper', once('b')), 'IDEMPOTENCY_KEY_REUSED');
      assert.equal((await result(ids[0] ?? '')).text, 'A');
      assert.equal(await start('async-cgi/upper', once('a')), ids[0]);
      assert.equal((await look(ids[0] ?? '')).attempts.length, 1);
    });

    test('that is delayed starts when its time has come', async () => {
      const id = await start('async-add?a=1&b=2', { headers: { 'x-bantam-delay': '1500ms' } });
      const waiting = await look(id);
      assert.equal(waiting.status, 'queued');
      assert.equal(Date.parse(waiting.dueAt ?? '') - Date.parse(waiting.acceptedAt), 1_500);
      const { status, acceptedAt, attempts } = await look(id, '?wait=30s');
      assert.equal(status, 'succeeded');
      assert.ok(Date.parse(attempts[0]?.startedAt ?? '') - Date.parse(acceptedAt) >= 1_500);
    });

    test('that gets 4xx is not repeated: that is its result', async () => {
      const id = await start('async-cgi/teapot');
      const teapot = await result(id);
      assertAnswer(teapot, { brews: false }, 418);
      assert.equal(teapot.headers['x-leaves'], 'green');
      const { status, attempts } = await look(id);
      assert.deepEqual([status, attempts.length], ['failed', 1]);
    });

    test('that fails is repeated, then a dead letter that can be redriven and deleted', async () => {
      const id = await start('async-trap');
      const problem = await result(id);
      assertProblem(problem, 'GUEST_TRAPPED');
      assert.partialDeepStrictEqual(problem.json, { invocationId: id });
      const dead = (await ask(`/api/dead-letters/${id}`)).json as InvocationRecord;
      assert.partialDeepStrictEqual(dead, { id, status: 'dead', reason: 'attempts', code: 'GUEST_TRAPPED' });
      assert.deepEqual(
        dead.attempts.map(({ attempt, code }) => [attempt, code]),
        [1, 2, 3].map((attempt) => [attempt, 'GUEST_TRAPPED']),
      );
      assert.equal((await ask(`/api/dead-letters/${id}/redrive`, { method: 'POST' })).status, 200);
      const again = await look(id, '?wait=30s');
      assert.deepEqual([again.status, again.attempts.length], ['dead', 6]);
      const redrive = { method: 'POST', headers: jsonType, body: '{"function": "async-trap", "reason": "attempts"}' };
      assertAnswer(await ask('/api/dead-letters/redrive', redrive), { redriven: 1 });
      await look(id, '?wait=30s');
      const listed = (await ask('/api/dead-letters?function=async-trap')).json as { invocations: InvocationRecord[] };
      assert.deepEqual(
        listed.invocations.map((record) => [record.id, record.attempts.length]),
        [[id, 9]],
      );
      assertAnswer(await ask('/api/dead-letters?function=async-trap', { method: 'DELETE' }), { purged: 1 });
      assertProblem(await ask(`/api/invocations/${id}`), 'INVOCATION_NOT_FOUND');
    });

    test('that ends its executor twice is quarantined, and its neighbours get their answers from one attempt each', async () => {
      await deploy(deployment().url, 'async-crash', maybeCrashing(), { async: { attempts: 10, backoffMs: 0 } });
      const [killer = '', ...neighbours] = await Promise.all(
        Array.from({ length: 40 }, (_, i) => start('async-crash', { headers: jsonType, body: i === 0 ? '[1]' : '[0]' })),
      );
      const { status, reason, attempts } = await look(killer, '?wait=60s');
      assert.deepEqual([status, reason, attempts.length], ['dead', 'quarantined', 2]);
      for (const id of neighbours) {
        const neighbour = await look(id, '?wait=30s');
        assert.deepEqual([neighbour.status, neighbour.attempts.length], ['succeeded', 1]);
      }
      const { json } = await ask('/api/dead-letters?function=async-crash&reason=quarantined');
      assert.deepEqual(
        (json as { invocations: InvocationRecord[] }).invocations.map(({ id }) => id),
        [killer],
      );
    });

    test('that takes too long is stopped by its deadline', async () => {
      await deploy(deployment().url, 'async-late', spin, { timeoutMs: 200, async: { attempts: 1 } });
      assertProblem(await result(await start('async-late')), 'GUEST_DEADLINE_EXCEEDED');
    });

    test('can be cancelled while it waits, and while it runs', async () => {
      await deploy(deployment().url, 'async-endless', spin, { timeoutMs: 60_000 });
      const waiting = await start('async-add?a=1&b=2', { headers: { 'x-bantam-delay': '1h' } });
      const running = await start('async-endless');
      await eventually(async () => (await look(running)).status === 'running');
      for (const id of [waiting, running]) {
        const { status, json } = await ask(`/api/invocations/${id}`, { method: 'DELETE' });
        assert.equal(status, 200);
        assert.partialDeepStrictEqual(json, { id, status: 'cancelled' });
        assertProblem(await result(id), 'INVOCATION_CANCELLED');
      }
      assert.deepEqual((await look(waiting)).attempts, []);
      assert.equal((await look(running)).attempts[0]?.code, 'INVOCATION_CANCELLED');
    });

    test('runs the version of then, which cannot be deleted before', async () => {
      const { url } = deployment();
      await deploy(url, 'async-pinned', constant(1));
      const id = await start('async-pinned', { headers: { 'x-bantam-delay': '1500ms' } });
      await deploy(url, 'async-pinned', constant(2));
      assertProblem(await ask('/api/functions/async-pinned/versions/1', { method: 'DELETE' }), 'VERSION_IN_USE');
      assertAnswer(await result(id), 1);
      assert.equal((await ask('/api/functions/async-pinned/versions/1', { method: 'DELETE' })).status, 204);
    });

    test('is listed with the others of its function, newest first', async () => {
      await deploy(deployment().url, 'async-listed', constant(7));
      const ids: string[] = [];
      for (let i = 0; i < 3; i++) ids.push(await start('async-listed'));
      await Promise.all(ids.map((id) => look(id, '?wait=30s')));
      const { json } = await ask('/api/invocations?function=async-listed&status=succeeded');
      const listed = (json as { invocations: InvocationRecord[] }).invocations.map(({ id }) => id);
      assert.deepEqual(
        listed,
        ids.toSorted((a, b) => (a < b ? 1 : -1)),
      );
    });

    test('comes to its end among a thousand', async () => {
      const hundreds = Array.from({ length: 10 }, (_, i) => Array.from({ length: 100 }, (_one, n) => i * 100 + n));
      const ids = new Map<number, string>();
      for (const sums of hundreds) await Promise.all(sums.map(async (sum) => ids.set(sum, await start(`async-add?a=${sum}&b=0`))));
      for (const sums of hundreds)
        assert.deepEqual(await Promise.all(sums.map(async (sum) => (await result(ids.get(sum) ?? '')).json)), sums);
    });
  });
}
