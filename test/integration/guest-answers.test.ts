/** What leaves the gateway for what a guest answers, over real HTTP; the guest itself is a script of answers. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import Fastify from 'fastify';
import type { FunctionVersion } from '../../contracts/function.ts';
import type { Answer, Invocation } from '../../contracts/invocation.ts';
import { decodeRequest, type GuestRequest } from '../../contracts/request.ts';
import { Dispatch } from '../../gateway/invoke/dispatch.ts';
import { Resolver } from '../../gateway/invoke/resolver.ts';
import problems from '../../gateway/plugins/problems.ts';
import requestId, { requestIdOf } from '../../gateway/plugins/request-id.ts';
import { invokeRoutes } from '../../gateway/routes/invoke.ts';
import { ProcessMetrics } from '../../shared/metrics/process.ts';
import { send } from '../support/http.ts';
import { registerOpenAuth } from '../support/open-auth.ts';

const version: FunctionVersion = {
  name: 'guest',
  version: 2,
  digest: 'd',
  sizeBytes: 1,
  kind: 'component-http',
  entry: 'wasi:http/incoming-handler',
  exports: [],
  needs: [],
  config: {},
  limits: { timeoutMs: 1000, memoryBytes: 65_536, concurrency: 10 },
  createdAt: '2026-01-01T00:00:00Z',
};

let answer: Pick<Answer, 'status' | 'headers' | 'body'>;
let seen: GuestRequest;
const outcomes: string[] = [];

const load = { queueDepth: 0, workers: 1 };
const queue = {
  call: async (invocation: Invocation): Promise<Answer> => {
    seen = decodeRequest(invocation.payload);
    return { ok: true, ...answer, start: 'fresh', timing: { loadUs: 1000, runUs: 2000 } };
  },
  load: () => load,
  oldestWaitMs: () => 0,
  ready: () => true,
  close: async () => {},
};
const resolver = new Resolver({
  route: async (name, alias) =>
    name === 'guest' ? { alias, release: '', shares: [{ version, weight: 1 }], sticky: undefined, guard: undefined } : undefined,
  version: async () => undefined,
});

const app = Fastify({ genReqId: requestIdOf, requestIdHeader: false });
let base = '';

before(async () => {
  await app.register(requestId);
  await app.register(problems);
  await registerOpenAuth(app);
  const metrics = new ProcessMetrics({ version: '', maxFunctions: 10 });
  const dispatch = new Dispatch({ resolver, queue, maxQueueDepth: 10, onRefused: () => {}, phases: metrics.phases.sync });
  await app.register(async (scope) =>
    invokeRoutes(scope, {
      dispatch,
      maxBodyBytes: 1000,
      metrics,
      failures: { tell: () => {} },
      onOutcome: (_route, _version, reply) => outcomes.push(reply.ok ? 'ok' : reply.code),
    }),
  );
  base = await app.listen({ port: 0, host: '127.0.0.1' });
});
after(() => app.close());

function answers(status: number, headers: readonly string[] = [], body = ''): void {
  answer = { status, headers, body: Buffer.from(body) };
}

/** The answer byte by byte: what clients would merge or hide. */
function raw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1', () => socket.write(request));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('error', reject);
    socket.once('end', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}

test('status, headers and body are those of the guest', async () => {
  answers(418, ['Content-Type', 'text/x-tea', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Vary', 'a', 'Vary', 'b'], 'tea');
  const text = await raw('GET /fn/guest HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
  assert.match(text, /^HTTP\/1\.1 418 /);
  assert.match(text, /\r\ncontent-type: text\/x-tea\r\n/);
  assert.match(text, /\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nvary: a\r\nvary: b\r\n/);
  assert.match(text, /\r\ncontent-length: 3\r\n/);
  assert.match(text, /\r\n\r\ntea$/);
});

test('what is the platform\u2019s stays so', async () => {
  answers(200, ['X-Bantam-Start', 'forged', 'x-request-id', 'forged', 'transfer-encoding', 'chunked', 'Server-Timing', 'db;dur=1'], 'x');
  const { headers } = await send(base, '/fn/guest', { headers: { 'x-request-id': 'mine' } });
  assert.equal(headers['x-bantam-start'], 'fresh');
  assert.equal(headers['x-request-id'], 'mine');
  assert.equal(headers['transfer-encoding'], undefined);
  assert.match(String(headers['server-timing']), /^queue;dur=[\d.]+, load;dur=1\.000, run;dur=2\.000, db;dur=1$/);
});

test('HEAD, 204 and 304 have headers and no body', async () => {
  answers(200, ['content-type', 'a/b'], 'body');
  const head = await raw('HEAD /fn/guest HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
  assert.match(head, /\r\ncontent-length: 4\r\n/);
  assert.match(head, /\r\n\r\n$/);
  answers(200, ['content-length', '99']);
  assert.equal((await send(base, '/fn/guest', { method: 'HEAD' })).headers['content-length'], '99');
  for (const status of [204, 304]) {
    answers(status, ['x-a', '1'], 'body');
    const text = await raw('GET /fn/guest HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
    assert.match(text, /\r\nx-a: 1\r\n/);
    assert.doesNotMatch(text, /content-length|transfer-encoding/i);
    assert.match(text, /\r\n\r\n$/);
  }
});

test('an empty answer has length 0 and no type, a body without type is bytes', async () => {
  answers(200);
  const empty = await send(base, '/fn/guest');
  assert.equal(empty.headers['content-length'], '0');
  assert.equal(empty.headers['content-type'], undefined);
  answers(200, [], '{"a":1}');
  assert.equal((await send(base, '/fn/guest')).headers['content-type'], 'application/octet-stream');
});

test('what is no answer is 502 GUEST_ANSWER_INVALID, is counted as that, and the connection lives on', async () => {
  const wrong: readonly (readonly [number, readonly string[]])[] = [
    [99, []],
    [101, []],
    [700, []],
    [200, ['a b', 'x']],
    [200, ['x-a', 'a\r\nb: c']],
    [200, ['x-a', '\u4e00']],
    [200, ['content-length', '7']],
  ];
  for (const [status, headers] of wrong) {
    answers(status, headers);
    const { status: got, json, headers: sent } = await send(base, '/fn/guest');
    assert.equal(got, 502);
    assert.equal((json as { code: string }).code, 'GUEST_ANSWER_INVALID');
    assert.equal(outcomes.at(-1), 'GUEST_ANSWER_INVALID');
    assert.ok(sent['x-bantam-invocation-id']);
  }
  answers(200, [], 'fine');
  assert.equal((await send(base, '/fn/guest')).text, 'fine');
});

test('every method and any path below the function reach the guest', async () => {
  answers(200, [], 'x');
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'REPORT']) {
    // Without a type QUERY is malformed (RFC 10008, section 2).
    const { status } = await send(base, '/fn/guest/a%20b//c?x=%2F&y', { method, headers: { 'content-type': 'a/b' } });
    assert.deepEqual([status, seen.method, seen.scriptName, seen.pathInfo, seen.query], [200, method, '/fn/guest', '/a%20b//c', 'x=%2F&y']);
  }
});

test('the guest gets the body as it was sent, and the headers that are for it', async () => {
  answers(200);
  const body = [Buffer.from([0, 255]), Buffer.from('é')];
  await send(base, '/fn/guest', {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'not a type', Cookie: 'a', Authorization: 'b', 'X-A': 'c' },
  });
  assert.deepEqual(Buffer.from(seen.body), Buffer.concat(body));
  const names = seen.headers.filter((_, i) => i % 2 === 0);
  assert.deepEqual(names.toSorted(), ['content-type', 'host', 'traceparent', 'x-a']);
  assert.equal(seen.headers[seen.headers.indexOf('content-type') + 1], 'not a type');
  assert.match(seen.authority, /^127\.0\.0\.1:\d+$/);
  assert.equal(seen.remoteAddress, '127.0.0.1');
});
