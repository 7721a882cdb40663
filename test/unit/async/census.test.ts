import assert from 'node:assert/strict';
import test from 'node:test';
import { CensusTaker } from '../../../gateway/async/census.ts';
import type { Census } from '../../../registry/invocations/census.ts';
import { eventually } from '../../support/eventually.ts';

const census: Census = { queued: 1, running: 2, dead: 3, oldestDueSeconds: 4, pendingDeliveries: 5, workers: 6 };

test('a gateway that leads tells what it counted, and no more once another leads', async (t) => {
  const leader = { leading: true };
  const taker = new CensusTaker({ leader, count: async () => census, onError: assert.ifError });
  t.after(() => taker.close());
  assert.deepEqual(await eventually(() => taker.last), census);
  leader.leading = false;
  assert.equal(taker.last, undefined);
});

test('a gateway that does not lead asks nobody', async () => {
  const taker = new CensusTaker({ leader: { leading: false }, count: () => assert.fail('it counted'), onError: assert.ifError });
  await taker.close();
  assert.equal(taker.last, undefined);
});

test('what cannot be counted any more is not told from memory, and the failure is said once', async (t) => {
  const faults: unknown[] = [];
  let away = false;
  const count = async (): Promise<Census> => {
    if (away) throw new Error('away');
    away = true;
    return census;
  };
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const taker = new CensusTaker({ leader: { leading: true }, count, onError: (error) => faults.push(error) });
  const turns = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise(setImmediate);
  };
  await turns(() => taker.last !== undefined);
  await new Promise(setImmediate);
  t.mock.timers.tick(5_000);
  await turns(() => taker.last === undefined);
  await turns(() => faults.length === 1);
  await taker.close();
});
