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
      'data: {"id":"9007199254740993","at":"2026-01-01T00:00:00.000Z","type":"function.published","data":{"function":"fib","version":1,"namespace":"default"}}\n\n',
  );
  assert.equal(entry.id, 9_007_199_254_740_993n);
});

const dataOf = (event: PlatformEvent): unknown =>
  (JSON.parse(/^data: (.*)$/m.exec(toEntry(event).text)?.[1] ?? '') as { readonly data: unknown }).data;

test('what an event is about is named within its namespace', () => {
  const finished = { ...published, type: 'invocation.finished' } as const;
  const data = (function_: string, schedule: string): unknown => dataOf({ ...finished, data: { function: function_, schedule } });
  assert.deepEqual(data('fib.team', 'nightly.team'), { function: 'fib', schedule: 'nightly', namespace: 'team' });
  assert.deepEqual(data('fib.team', 'nightly'), { function: 'fib', schedule: 'nightly.default', namespace: 'team' });
  assert.deepEqual(data('fib', 'nightly.team'), { function: 'fib', schedule: 'nightly.team', namespace: 'default' });
  const run = { ...published, type: 'schedule.run', data: { schedule: 'nightly.team', tick: 't' } } as const;
  assert.deepEqual(dataOf(run), { schedule: 'nightly', tick: 't', namespace: 'team' });
  assert.deepEqual(dataOf(joined), { worker: 'w' });
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

test('a filter lets through what is of its types, its namespace and about its function, and every gap', () => {
  const passes = (filter: Partial<EventFilter>): boolean[] =>
    [toEntry(published), toEntry(joined), gapEntry(1n, 2n)].map((entry) =>
      matches({ types: undefined, namespace: undefined, function: undefined, ...filter }, entry),
    );
  assert.deepEqual(passes({}), [true, true, true]);
  assert.deepEqual(passes({ types: new Set(['worker.joined']) }), [false, true, true]);
  assert.deepEqual(passes({ function: 'fib' }), [true, false, true]);
  assert.deepEqual(passes({ function: 'fi' }), [false, false, true]);
  assert.deepEqual(passes({ types: new Set(['worker.joined']), function: 'fib' }), [false, false, true]);
  assert.deepEqual(passes({ namespace: 'default' }), [true, true, true]);
  assert.deepEqual(passes({ namespace: 'team' }), [false, false, true]);
  assert.ok(
    matches({ types: undefined, namespace: 'team', function: 'fib.team' }, toEntry({ ...published, data: { function: 'fib.team' } })),
  );
});
