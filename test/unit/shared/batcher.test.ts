/** What travels together, and who waits for whom. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Batcher } from '../../../shared/batcher.ts';
import { eventually } from '../../support/eventually.ts';

interface Flight {
  readonly items: readonly number[];
  land(): void;
  crash(error: Error): void;
}

/** Doubles numbers when the test lets a flight land. */
function batcher(maxItems: number, maxFlights: number): { add: (item: number) => Promise<number>; flights: Flight[] } {
  const flights: Flight[] = [];
  const batches = new Batcher<number, number>({
    maxItems,
    maxFlights,
    flush: (items) =>
      new Promise((resolve, reject) => {
        flights.push({ items, land: () => resolve(items.map((item) => item * 2)), crash: reject });
      }),
  });
  return { add: (item) => batches.add(item), flights };
}

const itemsOf = (flights: readonly Flight[]): readonly (readonly number[])[] => flights.map(({ items }) => items);

test('what comes in one turn travels together, and each gets its own result', async () => {
  const { add, flights } = batcher(10, 1);
  const results = [add(1), add(2), add(3)];
  await turn();
  assert.deepEqual(itemsOf(flights), [[1, 2, 3]]);
  flights[0]?.land();
  assert.deepEqual(await Promise.all(results), [2, 4, 6]);
});

test('what comes while all flights are under way goes with the next, in order, up to the most items', async () => {
  const { add, flights } = batcher(3, 2);
  const results = [add(0)];
  await turn();
  results.push(add(1));
  await turn();
  for (let item = 2; item < 7; item++) {
    results.push(add(item));
    await turn();
  }
  assert.deepEqual(itemsOf(flights), [[0], [1]]);
  flights[1]?.land();
  assert.equal(await results[1], 2);
  await eventually(() => flights.length === 3);
  assert.deepEqual(itemsOf(flights), [[0], [1], [2, 3, 4]]);
  flights[0]?.land();
  await eventually(() => flights.length === 4);
  assert.deepEqual(itemsOf(flights), [[0], [1], [2, 3, 4], [5, 6]]);
  for (const flight of flights) flight.land();
  assert.deepEqual(await Promise.all(results), [0, 2, 4, 6, 8, 10, 12]);
});

test('after a batch of several the next one is gathered for a moment', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { add, flights } = batcher(10, 1);
  const results = [add(1), add(2), add(3)];
  await turn();
  flights[0]?.land();
  await Promise.all(results);
  const later = [add(4)];
  await turn();
  later.push(add(5));
  await turn();
  assert.equal(flights.length, 1);
  t.mock.timers.tick(2);
  await turn();
  assert.deepEqual(itemsOf(flights), [
    [1, 2, 3],
    [4, 5],
  ]);
  flights[1]?.land();
  assert.deepEqual(await Promise.all(later), [8, 10]);
});

test('after a lone item nobody waits', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { add, flights } = batcher(10, 1);
  const result = add(1);
  await turn();
  flights[0]?.land();
  await result;
  const next = add(2);
  // The first is told before its flight is over.
  await turn();
  await turn();
  assert.deepEqual(itemsOf(flights), [[1], [2]]);
  flights[1]?.land();
  assert.equal(await next, 4);
});

test('a failed flight fails all that were in it and nobody else', async () => {
  const { add, flights } = batcher(2, 2);
  const results = Promise.allSettled([add(1), add(2), add(3)]);
  await turn();
  flights[0]?.crash(new Error('lost'));
  flights[1]?.land();
  assert.deepEqual(
    (await results).map((result) => (result.status === 'fulfilled' ? result.value : (result.reason as Error).message)),
    ['lost', 'lost', 6],
  );
  const later = add(4);
  await eventually(() => flights.length === 3);
  flights[2]?.land();
  assert.equal(await later, 8);
});
