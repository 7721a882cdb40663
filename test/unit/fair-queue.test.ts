/** The order in which queue/fair-queue.ts serves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FairQueue } from '../../queue/fair-queue.ts';

function drain<T>(queue: FairQueue<T>): T[] {
  const items: T[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) items.push(item);
  return items;
}

test('serves one key in the order of arrival', () => {
  const queue = new FairQueue<string>();
  for (const item of ['a1', 'a2', 'a3']) queue.push('a', item);
  assert.deepEqual(drain(queue), ['a1', 'a2', 'a3']);
  assert.equal(queue.shift(), undefined);
});

test('serves the keys in turn', () => {
  const queue = new FairQueue<string>();
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) queue.push(item.charAt(0), item);
  assert.deepEqual(drain(queue), ['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
});

test('gives a key that comes back no turn before those that are waiting', () => {
  const queue = new FairQueue<string>();
  for (const item of ['a1', 'b1', 'b2', 'c1']) queue.push(item.charAt(0), item);
  assert.equal(queue.shift(), 'a1');
  queue.push('a', 'a2');
  assert.deepEqual(drain(queue), ['b1', 'c1', 'a2', 'b2']);
});

test('lets items leave from anywhere, once', () => {
  const queue = new FairQueue<string>();
  const tickets = ['a1', 'a2', 'a3', 'b1', 'c1'].map((item) => queue.push(item.charAt(0), item));
  const [, second, , b1] = tickets;
  assert.ok(second !== undefined && b1 !== undefined);
  assert.equal(queue.remove(second), true);
  assert.equal(queue.remove(second), false);
  assert.equal(queue.remove(b1), true);
  assert.equal(queue.size, 3);
  assert.deepEqual(drain(queue), ['a1', 'c1', 'a3']);
});

test('passes the turn on when the lane whose turn it is empties', () => {
  const queue = new FairQueue<string>();
  const a1 = queue.push('a', 'a1');
  queue.push('b', 'b1');
  queue.remove(a1);
  assert.deepEqual(drain(queue), ['b1']);
  assert.equal(queue.size, 0);
});

test('agrees with a slow model over 20,000 random steps', () => {
  const queue = new FairQueue<number>();
  const model: { key: string; items: number[] }[] = [];
  const tickets = new Map<number, { ticket: ReturnType<typeof queue.push>; key: string }>();
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let step = 0; step < 20_000; step++) {
    const choice = random(10);
    if (choice < 5) {
      const key = `k${random(6)}`;
      tickets.set(step, { ticket: queue.push(key, step), key });
      const lane = model.find((one) => one.key === key);
      if (lane === undefined) model.push({ key, items: [step] });
      else lane.items.push(step);
    } else if (choice < 9) {
      const lane = model.shift();
      const expected = lane?.items.shift();
      if (lane !== undefined && lane.items.length > 0) model.push(lane);
      assert.equal(queue.shift(), expected);
    } else {
      const entry = [...tickets][random(Math.max(1, tickets.size))];
      if (entry === undefined) continue;
      const [item, { ticket, key }] = entry;
      tickets.delete(item);
      const lane = model.find((one) => one.key === key && one.items.includes(item));
      assert.equal(queue.remove(ticket), lane !== undefined);
      if (lane === undefined) continue;
      lane.items.splice(lane.items.indexOf(item), 1);
      if (lane.items.length === 0) model.splice(model.indexOf(lane), 1);
    }
    assert.equal(
      queue.size,
      model.reduce((sum, { items }) => sum + items.length, 0),
    );
  }
});
