/** A map bounded by bytes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteLru } from '../../../shared/lru.ts';
import { seededRandom } from '../../support/random.ts';

test('the least recently used leaves first, and its end is told', () => {
  const evicted: [string, number][] = [];
  const lru = new ByteLru<string, number>(10, (key, value) => evicted.push([key, value]));
  lru.set('a', 1, 4);
  lru.set('b', 2, 4);
  assert.equal(lru.get('a'), 1);
  lru.set('c', 3, 4);
  assert.deepEqual(evicted, [['b', 2]]);
  assert.equal(lru.get('b'), undefined);
  assert.equal(lru.bytes, 8);
});

test('looking whether something is there does not count as a use', () => {
  const lru = new ByteLru<string, number>(2);
  lru.set('a', 1, 1);
  lru.set('b', 2, 1);
  assert.equal(lru.has('a'), true);
  lru.set('c', 3, 1);
  assert.equal(lru.has('a'), false);
});

test('one value larger than the bound is kept, alone', () => {
  const lru = new ByteLru<string, number>(10);
  lru.set('small', 1, 1);
  lru.set('large', 2, 100);
  assert.equal(lru.get('large'), 2);
  assert.equal(lru.get('small'), undefined);
  lru.set('next', 3, 1);
  assert.equal(lru.get('large'), undefined);
  assert.equal(lru.get('next'), 3);
  assert.equal(lru.bytes, 1);
});

test('a value set again replaces the old one without a word, and counts as new', () => {
  const evicted: string[] = [];
  const lru = new ByteLru<string, number>(10, (key) => evicted.push(key));
  lru.set('a', 1, 5);
  lru.set('b', 2, 5);
  lru.set('a', 3, 2);
  assert.equal(lru.bytes, 7);
  assert.deepEqual(evicted, []);
  lru.set('c', 4, 8);
  assert.deepEqual(evicted, ['b']);
  assert.equal(lru.get('a'), 3);
});

test('what is deleted is told and no longer counted; clearing tells nothing', () => {
  const evicted: string[] = [];
  const lru = new ByteLru<string, number>(10, (key) => evicted.push(key));
  lru.set('a', 1, 5);
  lru.delete('a');
  lru.delete('a');
  assert.deepEqual(evicted, ['a']);
  lru.set('b', 2, 5);
  lru.clear();
  assert.deepEqual([lru.bytes, lru.has('b'), evicted.length], [0, false, 1]);
});

test('never holds more than its bound, but for the one set last', () => {
  const random = seededRandom(5);
  const sizes = new Map<number, number>();
  const lru = new ByteLru<number, number>(100, (key) => sizes.delete(key));
  for (let i = 0; i < 5_000; i++) {
    const key = random.int(30);
    const bytes = random.int(60);
    lru.set(key, i, bytes);
    sizes.set(key, bytes);
    const sum = [...sizes.values()].reduce((total, size) => total + size, 0);
    assert.equal(lru.bytes, sum);
    assert.ok(sum <= 100);
    assert.equal(lru.get(key), i);
  }
});
