/** wasi:clocks and wasi:io/poll. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { alwaysReady, Pollable } from '../../../executor/host/wasi/poll.ts';
import { callHost, misuseOf, newWorld } from '../../support/wasi.ts';

const monotonic = (name: string): string => `wasi:clocks/monotonic-clock#${name}`;
const wall = (name: string): string => `wasi:clocks/wall-clock#${name}`;
const pollable = (name: string): string => `wasi:io/poll#[method]pollable.${name}`;
const millisecond = 1_000_000n;
const never = new Pollable(Infinity);

describe('monotonic-clock', () => {
  test('counts in whole milliseconds and says so', () => {
    const world = newWorld();
    assert.equal((callHost(world, monotonic('now')) as bigint) % millisecond, 0n);
    assert.equal(callHost(world, monotonic('resolution')), millisecond);
  });

  test('does not go back', () => {
    const world = newWorld();
    const first = callHost(world, monotonic('now')) as bigint;
    assert.ok((callHost(world, monotonic('now')) as bigint) >= first);
  });

  test('a blocked duration is over when block returns, by the same clock', () => {
    const world = newWorld();
    const before = callHost(world, monotonic('now')) as bigint;
    const timer = callHost(world, monotonic('subscribe-duration'), 3n * millisecond) as Pollable;
    callHost(world, pollable('block'), timer);
    assert.ok(callHost(world, pollable('ready'), timer));
    assert.ok((callHost(world, monotonic('now')) as bigint) >= before + 3n * millisecond);
  });

  test('an instant between two milliseconds is not ready before the later one', () => {
    const world = newWorld();
    const timer = callHost(world, monotonic('subscribe-instant'), 5n * millisecond + 1n) as Pollable;
    assert.equal(timer.readyAtMs, 6);
    assert.equal((callHost(world, monotonic('subscribe-instant'), 5n * millisecond) as Pollable).readyAtMs, 5);
  });

  test('an instant that is past is ready, the last one of all and an endless duration are not', () => {
    const world = newWorld();
    const ready = (name: string, ns: bigint): unknown => callHost(world, pollable('ready'), callHost(world, monotonic(name), ns));
    assert.equal(ready('subscribe-instant', 0n), true);
    assert.equal(ready('subscribe-duration', 0n), true);
    assert.equal(ready('subscribe-instant', 2n ** 64n - 1n), false);
    assert.equal(ready('subscribe-duration', 2n ** 64n - 1n), false);
  });
});

describe('wall-clock', () => {
  test('is the time of the host, in whole milliseconds', () => {
    const before = Date.now();
    const { seconds, nanoseconds } = callHost(newWorld(), wall('now')) as { seconds: bigint; nanoseconds: number };
    const ms = Number(seconds) * 1000 + nanoseconds / 1e6;
    assert.ok(Number.isInteger(ms) && ms >= before && ms <= Date.now(), String(ms));
    assert.deepEqual(callHost(newWorld(), wall('resolution')), { seconds: 0n, nanoseconds: 1_000_000 });
  });

  test('is in UTC', () => {
    const when = { seconds: 0n, nanoseconds: 0 };
    assert.equal(callHost(newWorld(), 'wasi:clocks/timezone#utc-offset', when), 0);
    const display = callHost(newWorld(), 'wasi:clocks/timezone#display', when);
    assert.deepEqual(display, { utcOffset: 0, name: 'UTC', inDaylightSavingTime: false });
  });
});

describe('poll', () => {
  const poll = (...pollables: Pollable[]): unknown => callHost(newWorld(), 'wasi:io/poll#poll', pollables);

  test('gives the indices of all that are ready', () => {
    assert.deepEqual(poll(never, alwaysReady, never, alwaysReady), Uint32Array.of(1, 3));
  });

  test('sleeps until the first is ready', () => {
    const world = newWorld();
    const soon = callHost(world, monotonic('subscribe-duration'), 2n * millisecond) as Pollable;
    assert.deepEqual(poll(never, soon), Uint32Array.of(1));
    assert.ok(callHost(world, pollable('ready'), soon));
  });

  test('takes one pollable twice', () => {
    assert.deepEqual(poll(alwaysReady, alwaysReady), Uint32Array.of(0, 1));
  });

  test('of an empty list traps', () => {
    const world = newWorld();
    assert.match(
      misuseOf(world, () => callHost(world, 'wasi:io/poll#poll', [])),
      /empty list/,
    );
  });

  test('does not wait for what is always ready', () => {
    callHost(newWorld(), pollable('block'), alwaysReady);
    assert.equal(callHost(newWorld(), pollable('ready'), alwaysReady), true);
    assert.equal(callHost(newWorld(), pollable('ready'), never), false);
  });
});
