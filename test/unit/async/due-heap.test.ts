/** The order in which the engine within one process delivers. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { DueHeap } from '../../../queue/async/due-heap.ts';
import { seededRandom } from '../../support/random.ts';

test('gives what is due first, and what came first where that is the same, however pushes and pops are mixed', () => {
  const heap = new DueHeap<number>();
  const random = seededRandom(7);
  const waiting: { dueAtMs: number; item: number }[] = [];
  for (let item = 0; item < 3_000; item++) {
    const dueAtMs = random.int(50);
    heap.push(dueAtMs, item);
    waiting.push({ dueAtMs, item });
    if (random.int(10) < 4) popBoth();
  }
  while (waiting.length > 0) popBoth();
  assert.equal(heap.pop(), undefined);
  assert.equal(heap.dueAtMs, Number.POSITIVE_INFINITY);

  function popBoth(): void {
    // The sort is stable.
    const [first] = waiting.toSorted((a, b) => a.dueAtMs - b.dueAtMs);
    assert.ok(first !== undefined);
    waiting.splice(waiting.indexOf(first), 1);
    assert.equal(heap.dueAtMs, first.dueAtMs);
    assert.equal(heap.pop(), first.item);
  }
});
