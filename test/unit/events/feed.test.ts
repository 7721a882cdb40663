/** The feed of a gateway: what it reads, for whom, and that it keeps nothing of streams that are over. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { limits } from '../../../contracts/limits.ts';
import { Feed } from '../../../gateway/events/feed.ts';
import type { Entry, EventFilter } from '../../../gateway/events/sse.ts';
import type { EventStream } from '../../../gateway/events/stream.ts';
import type { EventStore } from '../../../registry/events.ts';
import { eventually } from '../../support/eventually.ts';

const everything: EventFilter = { types: undefined, namespace: undefined, function: undefined };

/** Events 1, 2, 3 ... in memory, and what was asked of them. */
class TestStore implements EventStore {
  readonly reads: bigint[] = [];
  latest = 0n;
  oldest = 1n;
  down = false;

  async read(after: bigint, limit: number): ReturnType<EventStore['read']> {
    this.reads.push(after);
    if (this.down) throw new Error('down');
    const first = after < this.oldest ? this.oldest : after + 1n;
    const count = Math.max(0, Math.min(limit, Number(this.latest - first + 1n)));
    return Array.from({ length: count }, (_, i) => ({
      id: `${first + BigInt(i)}`,
      at: '2026-01-01T00:00:00.000Z',
      type: 'function.deleted' as const,
      data: { function: 'fib' },
    }));
  }

  async range(): ReturnType<EventStore['range']> {
    return { oldest: this.oldest, latest: this.latest };
  }
}

interface Bench {
  readonly store: TestStore;
  readonly feed: Feed;
  readonly faults: unknown[];
}

function openFeed(t: TestContext): Bench {
  const store = new TestStore();
  const faults: unknown[] = [];
  const feed = new Feed({ store, onFault: (error) => faults.push(error) });
  t.after(() => feed.close());
  return { store, feed, faults };
}

/** Reads on. @returns where the ids of events come to stand */
function collect(stream: EventStream<Entry>): string[] {
  const ids: string[] = [];
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => ids.push(...[...text.matchAll(/^id: (\d+)\nevent: (\S+)/gm)].map(([, id, type]) => `${type} ${id}`)));
  return ids;
}

test('what is new is read once for all streams, and not at all while there is none', async (t) => {
  const { store, feed } = openFeed(t);
  store.latest = 10n;
  feed.wake();
  assert.deepEqual(store.reads, []);
  const streams = await Promise.all([1, 2, 3].map(() => feed.open(undefined, everything)));
  const seen = streams.map(collect);
  await eventually(() => store.reads.length > 0);
  store.reads.length = 0;
  store.latest = 12n;
  feed.wake();
  await eventually(() => seen.every((ids) => ids.length === 2));
  assert.deepEqual(store.reads, [10n]);
  for (const ids of seen) assert.deepEqual(ids, ['function.deleted 11', 'function.deleted 12']);
  for (const stream of streams) stream.destroy();
  await eventually(() => feed.size === 0);
  feed.wake();
  assert.deepEqual(store.reads, [10n]);
});

test('a notification that comes while events are read is not lost', async (t) => {
  const { store, feed } = openFeed(t);
  const ids = collect(await feed.open(undefined, everything));
  for (let count = 1; count <= 50; count++) {
    store.latest = BigInt(count);
    feed.wake();
    await Promise.resolve();
  }
  await eventually(() => ids.length === 50);
});

test('a stream that starts further back gets everything in order, and then what is new', async (t) => {
  const { store, feed } = openFeed(t);
  store.latest = 1_234n;
  const ids = collect(await feed.open(3n, everything));
  await eventually(() => ids.length === 1_231);
  store.latest = 3_000n;
  feed.wake();
  await eventually(() => ids.length === 2_997);
  assert.deepEqual(
    ids,
    Array.from({ length: 2_997 }, (_, i) => `function.deleted ${i + 4}`),
  );
});

test('a stream that nobody reads holds a bounded part, takes no further reads, and goes on where it stopped', async (t) => {
  const { store, feed } = openFeed(t);
  const slow = await feed.open(undefined, everything);
  const fast = collect(await feed.open(undefined, everything));
  for (let latest = 500n; latest <= 20_000n; latest += 500n) {
    store.latest = latest;
    feed.wake();
    await eventually(() => fast.length === Number(latest));
  }
  assert.ok(slow.readableLength < 40_000, `${slow.readableLength}`);
  assert.ok(store.reads.every((after) => after % 500n === 0n));
  const ids = collect(slow);
  await eventually(() => ids.length === 20_000);
  assert.equal(new Set(ids).size, 20_000);
  assert.deepEqual(ids, fast);
});

test('what is not kept any more is told as a gap, once, whether something is kept or nothing', async (t) => {
  const { store, feed } = openFeed(t);
  store.latest = 500n;
  store.oldest = 400n;
  assert.deepEqual((await upTo(await feed.open(5n, everything), 102)).slice(0, 2), ['gap 399', 'function.deleted 400']);
  assert.deepEqual((await upTo(await feed.open(399n, everything), 101))[0], 'function.deleted 400');
  store.oldest = 501n;
  assert.deepEqual(await upTo(await feed.open(5n, everything), 1), ['gap 500']);
  assert.deepEqual(await upTo(await feed.open(5n, { ...everything, function: 'other' }), 1), ['gap 500']);
});

async function upTo(stream: EventStream<Entry>, count: number): Promise<string[]> {
  const ids = collect(stream);
  await eventually(() => ids.length === count);
  stream.destroy();
  return ids;
}

test('refuses a cursor that no event has had yet', async (t) => {
  const { store, feed } = openFeed(t);
  store.latest = 3n;
  await assert.rejects(feed.open(4n, everything), { code: 'INVALID_REQUEST', message: 'there has been no event 4 yet: the newest is 3' });
  assert.equal(feed.size, 0);
});

test(`refuses more than ${limits.maxEventStreams} streams, and takes one again when one is over`, async (t) => {
  const { feed } = openFeed(t);
  const streams = await Promise.all(Array.from({ length: limits.maxEventStreams }, () => feed.open(undefined, everything)));
  await assert.rejects(feed.open(undefined, everything), { code: 'TOO_MANY_EVENT_STREAMS' });
  streams[0]?.destroy();
  await eventually(() => feed.size < limits.maxEventStreams);
  await feed.open(undefined, everything);
});

test('goes on by itself when events can be read again, and tells of the outage once', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const { store, feed, faults } = openFeed(t);
  store.latest = 100n;
  const stream = await feed.open(undefined, everything);
  const ids = collect(stream);
  await turns();
  store.down = true;
  store.latest = 101n;
  feed.wake();
  for (let second = 1; second <= 3; second++) {
    await turns();
    t.mock.timers.tick(1_000);
  }
  await turns();
  assert.equal(faults.length, 1);
  store.down = false;
  t.mock.timers.tick(1_000);
  await turns();
  assert.deepEqual(ids, ['function.deleted 101']);
  // While its timers are those of this test.
  stream.destroy();
  await turns();
});

test('sends a comment every 15 s, with the id up to which nothing was for the client', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const { store, feed } = openFeed(t);
  const stream = await feed.open(undefined, { ...everything, function: 'other' });
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  store.latest = 7n;
  feed.wake();
  await turns();
  t.mock.timers.tick(14_999);
  await turns();
  assert.equal(text, 'retry: 1000\nid: 0\n\n');
  t.mock.timers.tick(1);
  await turns();
  assert.equal(text, 'retry: 1000\nid: 0\n\n:\nid: 7\n\n');
  stream.destroy();
  await turns();
});

test('ends its streams when it is closed, and those that are opened after that', async (t) => {
  const { feed } = openFeed(t);
  const read = await feed.open(undefined, everything);
  collect(read);
  feed.close();
  collect(await feed.open(undefined, everything));
  await eventually(() => feed.size === 0);
  assert.equal(read.readableEnded, true);
});

/** Lets everything happen that waits for no timer. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
