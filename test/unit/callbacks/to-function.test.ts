/** Deliveries to functions: what is accepted, and what is hopeless. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BantamError } from '../../../contracts/errors.ts';
import { limits } from '../../../contracts/limits.ts';
import type { Acceptable } from '../../../gateway/async/accept.ts';
import { failed } from '../../../gateway/callbacks/carried.ts';
import { functionCarrier, type FunctionCarrierOptions } from '../../../gateway/callbacks/to-function.ts';
import type { TakenDelivery } from '../../../registry/deliveries.ts';
import { aDelivery } from '../../support/deliveries.ts';
import { aRoute } from '../../support/routes.ts';

const route = aRoute([
  [4, 1],
  [3, 1],
]);

function carrierInto(accepted: Acceptable[], parts: Partial<FunctionCarrierOptions> = {}): ReturnType<typeof functionCarrier> {
  return functionCarrier({
    resolve: () => Promise.resolve(route),
    accept: (call) => Promise.resolve(accepted.push(call)),
    maxBodyBytes: 2,
    ...parts,
  });
}

test('a function gets the answer as a request of its own, one deeper', async () => {
  const references: unknown[] = [];
  const accepted: Acceptable[] = [];
  const carry = carrierInto(accepted, {
    resolve: (reference) => {
      references.push(reference);
      return Promise.resolve(route);
    },
  });
  assert.deepEqual(await carry(aDelivery({ depth: 3 }), 'next:canary'), { ok: true });
  assert.deepEqual(references, [{ name: 'next', alias: 'canary' }]);
  const [call] = accepted;
  assert.ok(accepted.length === 1 && call !== undefined);
  assert.equal(call.depth, 4);
  assert.equal(call.request.contentType, 'application/json');
  const { method, scriptName, headers, body } = call.request.whole();
  assert.deepEqual([method, scriptName, Buffer.from(body).toString()], ['POST', '/fn/next:canary', '42']);
  assert.equal(headers[headers.indexOf('x-bantam-invocation-id') + 1], aDelivery().invocation);
});

test('every attempt of a delivery is the same request for the same version, and that of another is another', async () => {
  const accepted: Acceptable[] = [];
  const carry = carrierInto(accepted);
  const keys = new Set<string>();
  const versions = new Set<number>();
  for (let i = 0; i < 20; i++) {
    const delivery = aDelivery({ id: `8d2c1f52-6c53-4f0e-9d6b-0f6f5d2a1b${10 + i}` });
    await carry(delivery, 'next');
    await carry({ ...delivery, attempt: 2 }, 'next');
    const [first, second] = accepted.splice(0);
    assert.equal(first?.idempotency?.key, `delivery-${delivery.id}`);
    assert.deepEqual(second?.idempotency, first.idempotency);
    assert.equal(second?.version, first.version);
    keys.add(first.idempotency?.key ?? '');
    versions.add(first.version.version);
  }
  assert.equal(keys.size, 20);
  assert.deepEqual(versions, new Set([3, 4]));
});

const hopeless: readonly (readonly [
  what: string,
  delivery: Partial<TakenDelivery>,
  parts: Partial<FunctionCarrierOptions>,
  detail: string,
])[] = [
  [
    'that is not there',
    {},
    { resolve: () => Promise.reject(new BantamError('FUNCTION_NOT_FOUND', 'there is no function')) },
    'there is no function',
  ],
  [
    'at the end of a circle',
    { depth: limits.maxDestinationDepth },
    {},
    '16 invocations led to one another as destinations: this may be a circle',
  ],
  ['whose body would be too large', {}, { maxBodyBytes: 1 }, 'the result has 2 bytes; the body of a call may have 1'],
  ['that does not take it', {}, { accept: () => Promise.reject(new BantamError('INVALID_ARGUMENTS', 'n is missing')) }, 'n is missing'],
];
for (const [what, delivery, parts, detail] of hopeless) {
  test(`a function ${what} is not tried again`, async () => {
    const accepted: Acceptable[] = [];
    const carried = await carrierInto(accepted, parts)(aDelivery(delivery), 'next');
    assert.deepEqual(carried, { ok: false, detail, final: true, retryAfterMs: 0 });
    assert.deepEqual(accepted, []);
  });
}

test('the deepest that may be is still accepted', async () => {
  const accepted: Acceptable[] = [];
  await carrierInto(accepted)(aDelivery({ depth: limits.maxDestinationDepth - 1 }), 'next');
  assert.equal(accepted[0]?.depth, limits.maxDestinationDepth);
});

test('what may pass is tried again, and a defect is not swallowed', async () => {
  const full = carrierInto([], { accept: () => Promise.reject(new BantamError('ASYNC_BACKLOG_FULL', 'full')) });
  assert.deepEqual(await full(aDelivery(), 'next'), failed('full'));
  const broken = carrierInto([], { accept: () => Promise.reject(new TypeError('a defect')) });
  await assert.rejects(broken(aDelivery(), 'next'), TypeError);
});
