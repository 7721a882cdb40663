import assert from 'node:assert/strict';
import test from 'node:test';
import { type FunctionLabel, FunctionLabels } from '../../../shared/metrics/function-labels.ts';

const hourMs = 3_600_000;
const lookMs = 60_000;

function labels(max: number): FunctionLabels<FunctionLabel> {
  return new FunctionLabels(max, (label) => label);
}

test('functions have labels of their own up to the limit; one more is counted with all others', () => {
  const known = labels(2);
  assert.deepEqual(known.of('a', 0), { namespace: 'default', function: 'a' });
  assert.deepEqual(known.of('b.team', 0), { namespace: 'team', function: 'b.team' });
  assert.deepEqual(known.of('c', 0), { namespace: 'other', function: 'other' });
  assert.equal(known.of('d', 0), known.of('c', 0));
  assert.deepEqual(known.of('a', 0), { namespace: 'default', function: 'a' });
  assert.equal(known.values().length, 3);
});

test('a limit of zero counts all together', () => {
  const known = labels(0);
  assert.equal(known.of('a', 0).function, 'other');
  assert.equal(known.values().length, 1);
});

test('what is kept for a function stays the same', () => {
  const known = labels(1);
  assert.equal(known.of('a', 0), known.of('a', 1));
});

test('a function not called for an hour gives its place up, one called a moment less long ago does not', () => {
  const known = labels(2);
  known.of('old', 0);
  known.of('younger', 1);
  assert.equal(known.of('new', hourMs).function, 'new');
  assert.equal(known.of('newer', hourMs).function, 'other');
  assert.deepEqual(
    known.values().map((label) => label.function),
    ['younger', 'new', 'other'],
  );
  assert.equal(known.of('newer', hourMs + lookMs).function, 'newer');
});

test('a call is a use', () => {
  const known = labels(1);
  known.of('a', 0);
  known.of('a', hourMs - 1);
  assert.equal(known.of('b', hourMs).function, 'other');
});

test('idle functions are looked for once a minute at most', () => {
  const known = labels(1);
  known.of('a', 0);
  assert.equal(known.of('b', hourMs - lookMs + 1).function, 'other');
  assert.equal(known.of('b', hourMs).function, 'other');
  assert.equal(known.of('b', hourMs + 1).function, 'b');
});
