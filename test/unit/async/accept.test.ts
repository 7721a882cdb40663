/** The gateway's way into the record of asynchronous invocations: what is inserted, what the engine is told, what is refused. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { BantamError } from '../../../contracts/errors.ts';
import { decodeRequest } from '../../../contracts/request.ts';
import { type Acceptable, Acceptor } from '../../../gateway/async/accept.ts';
import { ownRequest } from '../../../gateway/async/own-request.ts';
import type { DueAttempt } from '../../../queue/async/port.ts';
import type { Acceptance, NewInvocation } from '../../../registry/invocations/port.ts';
import { eventually } from '../../support/eventually.ts';
import { aVersion } from '../../support/routes.ts';

interface Setup {
  readonly acceptor: Acceptor;
  readonly batches: (readonly NewInvocation[])[];
  readonly enqueued: (readonly DueAttempt[])[];
  readonly faults: unknown[];
  /** How often the backlog was counted. */
  counts: number;
}

function setUp(answer: (invocation: NewInvocation) => Acceptance, { queued = 0, engine = true } = {}): Setup {
  const batches: (readonly NewInvocation[])[] = [];
  const enqueued: (readonly DueAttempt[])[] = [];
  const faults: unknown[] = [];
  const acceptor = new Acceptor({
    store: {
      accept: async (invocations) => {
        batches.push(invocations);
        return invocations.map(answer);
      },
      countQueued: async (atMost) => {
        setup.counts++;
        return Math.min(atMost, queued);
      },
    },
    engine: {
      enqueue: async (attempts) => {
        if (!engine) throw new Error('no engine');
        enqueued.push(attempts);
      },
    },
    maxBacklog: 10,
    onFault: (error) => faults.push(error),
  });
  const setup: Setup = { acceptor, batches, enqueued, faults, counts: 0 };
  return setup;
}

const created = ({ id }: NewInvocation): Acceptance => ({ kind: 'accepted', id, created: true });
const version = { ...aVersion(3), kind: 'command' as const, config: { async: { maxAgeMs: 5_000 } } };
const request = ownRequest({ reference: 'fib:live', body: Buffer.from('work'), contentType: 'text/plain', headers: ['ce-id', '7'] });

test('what is accepted at the same time goes in one statement, and to the engine in one piece', async () => {
  const { acceptor, batches, enqueued } = setUp(created);
  const acceptables: Acceptable[] = [0, 1, 2].map((n) => ({ version, request, delayMs: n }));
  const accepted = await Promise.all(acceptables.map((one) => acceptor.accept(one)));
  assert.equal(batches.length, 1);
  assert.deepEqual(enqueued, [accepted.map(({ id }, delayMs) => ({ id, attempt: 0, delayMs }))]);
  assert.equal(new Set(accepted.map(({ id }) => id)).size, 3);
  assert.partialDeepStrictEqual(batches[0]?.[0], { id: accepted[0]?.id, function: 'fib', version: 3, maxAgeMs: 5_000, depth: 0 });
});

test('a large payload goes alone', async () => {
  const { acceptor, batches } = setUp(created);
  const large = ownRequest({ reference: 'fib', body: Buffer.alloc(100_000), contentType: undefined, headers: [] });
  await Promise.all([request, large, request].map((one) => acceptor.accept({ version, request: one })));
  assert.deepEqual(new Set(batches.map(({ length }) => length)), new Set([1, 2]));
});

test('a request of the platform itself looks like a POST to the function', async () => {
  const { acceptor, batches } = setUp(created);
  await acceptor.accept({ version, request });
  const { body, ...head } = decodeRequest(batches[0]?.[0]?.payload ?? new Uint8Array(0));
  assert.equal(Buffer.from(body).toString(), 'work');
  assert.deepEqual(head, {
    method: 'POST',
    scheme: 'http',
    authority: 'localhost',
    scriptName: '/fn/fib:live',
    pathInfo: '',
    query: '',
    remoteAddress: '127.0.0.1',
    httpVersion: '1.1',
    headers: ['host', 'localhost', 'content-length', '4', 'content-type', 'text/plain', 'ce-id', '7'],
  });
});

test('an engine that is away keeps nobody from being accepted, and is told of', async () => {
  const { acceptor, faults } = setUp(created, { engine: false });
  assert.equal((await acceptor.accept({ version, request })).created, true);
  await eventually(() => faults.length === 1);
});

test('a repeated request gets the id of then and is not enqueued again; the other acceptances of its batch are', async () => {
  const first = '01890000-0000-7000-8000-000000000001';
  const { acceptor, enqueued } = setUp((invocation) =>
    invocation.idempotency === undefined ? created(invocation) : { kind: 'accepted', id: first, created: false },
  );
  const idempotency = { key: 'k', fingerprint: new Uint8Array(32) };
  const [repeated, other] = await Promise.all([acceptor.accept({ version, request, idempotency }), acceptor.accept({ version, request })]);
  assert.deepEqual(repeated, { id: first, created: false });
  assert.deepEqual(enqueued, [[{ id: other.id, attempt: 0, delayMs: 0 }]]);
});

test('a key of another request and a version that was deleted are refused', async () => {
  const idempotency = { key: 'k', fingerprint: new Uint8Array(32) };
  const conflict = setUp(() => ({ kind: 'conflict' }));
  await assert.rejects(conflict.acceptor.accept({ version, request, idempotency }), { code: 'IDEMPOTENCY_KEY_REUSED' });
  const gone = setUp(() => ({ kind: 'gone' }));
  await assert.rejects(gone.acceptor.accept({ version, request }), { code: 'VERSION_NOT_FOUND', message: /version 3 of "fib"/ });
  assert.deepEqual([conflict.enqueued, gone.enqueued], [[], []]);
});

test('past the backlog nothing is accepted, and it is counted once for all', async () => {
  const setup = setUp(created, { queued: 8 });
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => setup.acceptor.accept({ version, request })));
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as BantamError] : []));
  assert.equal(refused.length, 18);
  for (const { code, extra } of refused) assert.deepEqual([code, extra], ['ASYNC_BACKLOG_FULL', { retryAfterMs: 5_000 }]);
  assert.equal(setup.counts, 1);
});
