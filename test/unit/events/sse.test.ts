/** Events as text: what a client reads, and what a filter lets through. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { PlatformEvent } from '../../../contracts/event.ts';
import { beatText, type EventFilter, gapEntry, matches, openingText, toEntry } from '../../../gateway/events/sse.ts';

const published: PlatformEvent = {
  id: '9007199254740993',
  at: '2026-01-01T00:00:00.000Z',
  type: 'function.published',
  data: { function: 'fib', version: 1 },
};
const joined: PlatformEvent = { ...published, id: '2', type: 'worker.joined', data: { worker: 'w' } };

test('an event is its id, its type and itself as one line of JSON, then an empty line', () => {
  const entry = toEntry(published);
  assert.equal(
    entry.text,
    'id: 9007199254740993\nevent: function.published\n' +
      'data: {"id":"9007199254740993","at":"2026-01-01T00:00:00.000Z","type":"function.published","data":{"function":"fib","version":1}}\n\n',
  );
  assert.equal(entry.id, 9_007_199_254_740_993n);
});

test('line breaks in what is told do not end a line', () => {
  const { text } = toEntry({ ...published, data: { detail: 'a\nevent: forged\r\n\r\ndata: x' } });
  assert.equal(text.trimEnd().split(/\r\n|\r|\n/).length, 3);
  assert.ok(text.endsWith('\n\n'));
});

test('a gap names what was seen, and is resumed after', () => {
  const entry = gapEntry(5n, 399n);
  assert.equal(entry.text, 'id: 399\nevent: gap\ndata: {"id":"399","type":"gap","data":{"after":"5"}}\n\n');
  assert.equal(entry.id, 399n);
});

test('a stream begins with how to come back, and a sign of life is a comment that keeps that up to date: neither is an event', () => {
  assert.equal(openingText(7n), 'retry: 1000\nid: 7\n\n');
  assert.equal(beatText(8n), ':\nid: 8\n\n');
});

test('a filter lets through what is of its types and about its function, and every gap', () => {
  const passes = (filter: Partial<EventFilter>): boolean[] =>
    [toEntry(published), toEntry(joined), gapEntry(1n, 2n)].map((entry) =>
      matches({ types: undefined, function: undefined, ...filter }, entry),
    );
  assert.deepEqual(passes({}), [true, true, true]);
  assert.deepEqual(passes({ types: new Set(['worker.joined']) }), [false, true, true]);
  assert.deepEqual(passes({ function: 'fib' }), [true, false, true]);
  assert.deepEqual(passes({ function: 'fi' }), [false, false, true]);
  assert.deepEqual(passes({ types: new Set(['worker.joined']), function: 'fib' }), [false, false, true]);
});
