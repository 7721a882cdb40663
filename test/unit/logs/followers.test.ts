/** Those who follow logs: what they get, when the store is asked, and what they are told when lines are missing. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { BantamError } from '../../../contracts/errors.ts';
import { type GuestLogLine, lineOverheadBytes } from '../../../contracts/guest-log.ts';
import { limits } from '../../../contracts/limits.ts';
import type { EventStream } from '../../../gateway/events/stream.ts';
import { LogFollowers } from '../../../gateway/logs/followers.ts';
import { type LogEntry, ndjson } from '../../../gateway/logs/format.ts';
import { eventually } from '../../support/eventually.ts';

/** A log in memory, which counts how often it is asked. */
class Log {
  readonly lines: GuestLogLine[] = [];
  readonly questions = { read: 0, newest: 0 };
  fault: Error | undefined;

  write(...texts: string[]): void {
    for (const line of texts) {
      const id = String(Number(this.lines.at(-1)?.id ?? 1_000) + line.length + lineOverheadBytes);
      this.lines.push({ id, at: '2026-01-31T12:00:00.000Z', invocationId: 'i', version: 1, worker: 'w', line });
    }
  }

  async read(name: string, after: bigint, _filter: unknown, limit: number): Promise<readonly GuestLogLine[]> {
    this.questions.read++;
    if (this.fault !== undefined) throw this.fault;
    return name === 'fib' ? this.lines.filter(({ id }) => BigInt(id) > after).slice(0, limit) : [];
  }

  async newest(): Promise<ReadonlyMap<string, bigint>> {
    this.questions.newest++;
    if (this.fault !== undefined) throw this.fault;
    return new Map([['fib', BigInt(this.lines.at(-1)?.id ?? 0)]]);
  }
}

function start(t: TestContext): { log: Log; followers: LogFollowers; faults: unknown[] } {
  const log = new Log();
  const faults: unknown[] = [];
  const followers = new LogFollowers({ store: log, onFault: (error) => faults.push(error) });
  t.after(() => followers.close());
  return { log, followers, faults };
}

/** Reads a stream as fast as it comes. */
function collect(stream: EventStream<LogEntry>): string[] {
  const texts: string[] = [];
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    for (const line of text.split('\n')) if (line.trim() !== '') texts.push((JSON.parse(line) as GuestLogLine).line);
  });
  return texts;
}

test('a follower gets every line once, however many there are, and then what comes', async (t) => {
  const { log, followers } = start(t);
  const texts = Array.from({ length: 1_234 }, (_, i) => `line ${i}`);
  log.write(...texts);
  const seen = collect(followers.open('fib', 0n, ndjson));
  await eventually(() => seen.length === 1_234);
  log.write('more');
  await eventually(() => seen.length === 1_235);
  assert.deepEqual(seen, [...texts, 'more']);
});

test('where nothing comes one question is asked for all, and none when nobody follows', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { log, followers } = start(t);
  const pass = (ms: number): void => t.mock.timers.tick(ms);
  log.write('a');
  const streams = Array.from({ length: 20 }, () => followers.open('fib', 0n, ndjson));
  const seen = streams.map(collect);
  await eventually(() => seen.every((texts) => texts.length === 1));
  for (let looks = 1; looks <= 4; looks++) {
    pass(500);
    await eventually(() => log.questions.newest === looks);
    await new Promise(setImmediate);
    // The first look may find what was there before anybody looked.
    assert.ok(log.questions.read <= 40, String(log.questions.read));
  }
  for (const stream of streams) stream.destroy();
  await eventually(() => followers.size === 0);
  pass(5_000);
  assert.equal(log.questions.newest, 4);
});

test('who reads slowly is not given more than it takes', async (t) => {
  const { log, followers } = start(t);
  log.write(...Array.from({ length: 5_000 }, (_, i) => `line ${i}`.padEnd(500)));
  const stream = followers.open('fib', 0n, ndjson);
  stream.once('readable', () => {});
  await eventually(() => log.questions.newest === 2);
  assert.ok(log.questions.read <= 2, String(log.questions.read));
  const seen = collect(stream);
  await eventually(() => seen.length === 5_000);
});

test('lines that were deleted before they could be told are told as a gap', async (t) => {
  const { log, followers } = start(t);
  log.write('a', 'b', 'c');
  const after = BigInt(log.lines[0]?.id ?? 0);
  log.lines.splice(0, 2);
  const seen = collect(followers.open('fib', after, ndjson));
  await eventually(() => seen.length === 2);
  assert.match(seen[0] ?? '', /may be missing/);
  assert.equal(seen[1], 'c');
});

test('an outage is said once, and what came meanwhile is told after it', async (t) => {
  const { log, followers, faults } = start(t);
  log.write('a');
  const seen = collect(followers.open('fib', 0n, ndjson));
  await eventually(() => seen.length === 1);
  log.fault = new BantamError('REGISTRY_UNAVAILABLE', 'away');
  log.write('b');
  const { newest } = log.questions;
  await eventually(() => log.questions.newest >= newest + 2);
  log.fault = undefined;
  await eventually(() => seen.length === 2);
  assert.deepEqual([seen[1], faults.length], ['b', 1]);
});

test(`refuses more than ${limits.maxLogStreams} followers, and takes one again when one is over`, async (t) => {
  const { followers } = start(t);
  const streams = Array.from({ length: limits.maxLogStreams }, () => followers.open('fib', 0n, ndjson));
  const isFull = (error: unknown): boolean => error instanceof BantamError && error.code === 'TOO_MANY_EVENT_STREAMS';
  assert.throws(() => followers.open('fib', 0n, ndjson), isFull);
  streams[0]?.destroy();
  await eventually(() => followers.size < limits.maxLogStreams);
  followers.open('fib', 0n, ndjson);
});

test('closing ends every stream in good order, and those that are opened later', async (t) => {
  const { log, followers } = start(t);
  log.write('a');
  const before = followers.open('fib', 0n, ndjson);
  const seen = collect(before);
  await eventually(() => seen.length === 1);
  followers.close();
  await eventually(() => before.readableEnded);
  const later = followers.open('fib', 0n, ndjson);
  collect(later);
  await eventually(() => later.readableEnded);
});
