/** poll_oneoff. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { at, oflag, TestGuest } from '../../support/preview1.ts';

type Module = 'wasi_snapshot_preview1' | 'wasi_unstable';
type Subscription =
  | { readonly clock: number; readonly timeoutNs: bigint; readonly absolute?: boolean }
  | { readonly read: number }
  | { readonly write: number };

interface Event {
  readonly userdata: bigint;
  readonly error: number;
  readonly type: number;
  readonly bytes: bigint;
  readonly flags: number;
}

const out = 0x8000;

/** Lays subscriptions out from `at.vectors` on; userdata is 100 and the index. */
function put(guest: TestGuest, module: Module, subscriptions: readonly Subscription[]): void {
  const size = module === 'wasi_unstable' ? 56 : 48;
  for (const [index, subscription] of subscriptions.entries()) {
    const { view } = guest;
    const start = at.vectors + index * size;
    view.setBigUint64(start, BigInt(100 + index), true);
    if ('clock' in subscription) {
      const clock = start + (module === 'wasi_unstable' ? 24 : 16);
      view.setUint8(start + 8, 0);
      view.setUint32(clock, subscription.clock, true);
      view.setBigUint64(clock + 8, subscription.timeoutNs, true);
      view.setUint16(clock + 24, subscription.absolute === true ? 1 : 0, true);
    } else {
      view.setUint8(start + 8, 'read' in subscription ? 1 : 2);
      view.setUint32(start + 16, 'read' in subscription ? subscription.read : subscription.write, true);
    }
  }
}

function poll(guest: TestGuest, subscriptions: readonly Subscription[], module: Module = 'wasi_snapshot_preview1'): Event[] {
  put(guest, module, subscriptions);
  assert.equal(guest.call('poll_oneoff', at.vectors, out, subscriptions.length, at.out), 0);
  return Array.from({ length: guest.u32(at.out) }, (_, index) => {
    const start = out + 32 * index;
    const { view } = guest;
    return {
      userdata: guest.u64(start),
      error: view.getUint16(start + 8, true),
      type: view.getUint8(start + 10),
      bytes: guest.u64(start + 16),
      flags: view.getUint16(start + 24, true),
    };
  });
}

for (const module of ['wasi_snapshot_preview1', 'wasi_unstable'] as const) {
  test(`poll_oneoff of ${module} sleeps until the first of its times`, () => {
    const guest = new TestGuest({}, module);
    const before = performance.now();
    const events = poll(
      guest,
      [
        { clock: 1, timeoutNs: 10n ** 18n },
        { clock: 0, timeoutNs: 20_000_000n },
      ],
      module,
    );
    assert.ok(performance.now() - before >= 19);
    assert.deepEqual(events, [{ userdata: 101n, error: 0, type: 0, bytes: 0n, flags: 0 }]);
  });
}

test('poll_oneoff takes absolute times of both clocks, past ones at once', () => {
  const guest = new TestGuest();
  assert.equal(guest.call('clock_time_get', 1, 0n, at.out), 0);
  const monotonic = guest.u64(at.out);
  const before = performance.now();
  const events = poll(guest, [
    { clock: 1, timeoutNs: monotonic + 15_000_000n, absolute: true },
    { clock: 0, timeoutNs: BigInt(Date.now() + 100_000) * 1_000_000n, absolute: true },
  ]);
  assert.ok(performance.now() - before >= 13);
  assert.deepEqual(
    events.map(({ userdata }) => userdata),
    [100n],
  );
  assert.equal(
    poll(guest, [
      { clock: 0, timeoutNs: 1n, absolute: true },
      { clock: 1, timeoutNs: 0n },
    ]).length,
    2,
  );
});

test('what can be read and written is said at once, and a time beside it is not waited for', () => {
  const guest = new TestGuest({ stdin: 'input', files: { f: 'abc' } });
  const fd = guest.open('f');
  guest.call('fd_seek', fd, 1n, 0, at.out);
  const events = poll(guest, [{ clock: 1, timeoutNs: 10n ** 18n }, { read: 0 }, { write: 1 }, { read: fd }, { write: fd }]);
  assert.deepEqual(
    events.map(({ userdata, error, type, bytes, flags }) => [userdata, error, type, bytes > 0n, flags]),
    [
      [101n, 0, 1, true, 0],
      [102n, 0, 2, true, 0],
      [103n, 0, 1, true, 0],
      [104n, 0, 2, true, 0],
    ],
  );
  assert.deepEqual([events[0]?.bytes, events[2]?.bytes], [5n, 2n]);
});

test('standard input at its end is hung up', () => {
  const guest = new TestGuest();
  assert.deepEqual(poll(guest, [{ read: 0 }]), [{ userdata: 100n, error: 0, type: 1, bytes: 0n, flags: 1 }]);
});

test('what is wrong with one subscription is said in its event', () => {
  const guest = new TestGuest({ files: { f: '' } });
  const unable = guest.open('f', { base: 2n });
  const events = poll(guest, [{ read: 99 }, { read: 1 }, { write: 0 }, { clock: 7, timeoutNs: 0n }, { read: unable }, { read: 3 }]);
  assert.deepEqual(
    events.map(({ error, type }) => [error, type]),
    [
      [8, 1],
      [8, 1],
      [8, 2],
      [28, 0],
      [76, 1],
      [8, 1],
    ],
  );
});

test('poll_oneoff answers EINVAL for none, too many and unknown subscriptions, EFAULT outside memory', () => {
  const guest = new TestGuest();
  put(guest, 'wasi_snapshot_preview1', [{ write: 1 }]);
  const call = (from: number, to: number, count: number, countAt: number): number => guest.call('poll_oneoff', from, to, count, countAt);
  assert.equal(call(at.vectors, out, 0, at.out), 28);
  assert.equal(call(at.vectors, out, 4_097, at.out), 28);
  assert.equal(call(at.vectors, out, -1, at.out), 28);
  assert.equal(call(at.end - 47, out, 1, at.out), 21);
  assert.equal(call(at.vectors, at.end - 31, 1, at.out), 21);
  assert.equal(call(at.vectors, out, 1, at.end - 3), 21);
  guest.view.setUint8(at.vectors + 8, 3);
  assert.equal(call(at.vectors, out, 1, at.out), 28);
});

test('events may be written over the subscriptions', () => {
  const guest = new TestGuest({ stdin: 'x' });
  put(guest, 'wasi_snapshot_preview1', [{ clock: 1, timeoutNs: 0n }, { read: 0 }, { write: 1 }]);
  assert.equal(guest.call('poll_oneoff', at.vectors, at.vectors, 3, at.out), 0);
  assert.equal(guest.u32(at.out), 3);
  assert.deepEqual(
    [0, 1, 2].map((index) => guest.u64(at.vectors + 32 * index)),
    [101n, 102n, 100n],
  );
});

test('a directory can be opened and polled like nothing else: it is not read', () => {
  const guest = new TestGuest({ files: { 'd/': '' } });
  const fd = guest.open('d', { oflags: oflag.directory });
  assert.equal(poll(guest, [{ read: fd }])[0]?.error, 8);
});
