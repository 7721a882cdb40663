/** What guests log on its way into Postgres, in good times and bad. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { BantamError } from '../../contracts/errors.ts';
import type { NewLogLine } from '../../registry/guest-logs.ts';
import { GuestLogs, type GuestLogsOptions } from '../../worker/logs/guest-logs.ts';
import { eventually } from '../support/eventually.ts';

type Append = GuestLogsOptions['store']['append'];

interface Tested {
  readonly logs: GuestLogs;
  readonly written: NewLogLine[];
  readonly batches: number[];
  readonly logged: string[];
}

function start(t: TestContext, rate: Partial<GuestLogsOptions['rate']> = {}, fault?: () => Error | undefined): Tested {
  const written: NewLogLine[] = [];
  const batches: number[] = [];
  const logged: string[] = [];
  const append: Append = async (_worker, lines) => {
    const error = fault?.();
    if (error !== undefined) throw error;
    batches.push(lines.length);
    written.push(...lines);
  };
  const logs = new GuestLogs({
    workerId: randomUUID(),
    store: { append },
    rate: { linesPerSecond: 1_000, bytesPerSecond: 1_000_000, ...rate },
    keepBytes: 1_000_000,
    log: { error: (_fields, message) => logged.push(message) },
  });
  t.after(() => logs.close());
  return { logs, written, batches, logged };
}

const target = { function: 'talker', version: 4 } as Parameters<GuestLogs['write']>[0]['target'];
const outage = (): Error => new BantamError('REGISTRY_UNAVAILABLE', 'as if Postgres were away');

test('lines of many calls are written in order, in few batches, and those of the last before it closes', async (t) => {
  const { logs, written, batches } = start(t);
  logs.write({ id: 'a', target }, 'one\ntwo\n');
  await eventually(() => written.length === 2);
  assert.partialDeepStrictEqual(written, [
    { function: 'talker', version: 4, invocationId: 'a', line: 'one' },
    { function: 'talker', version: 4, invocationId: 'a', line: 'two' },
  ]);
  for (let i = 0; i < 500; i++) {
    logs.write({ id: 'b', target }, `${i}\n`);
    if (i % 100 === 0) await new Promise(setImmediate);
  }
  await logs.close();
  assert.deepEqual(
    written.slice(2).map(({ line }) => line),
    Array.from({ length: 500 }, (_, i) => String(i)),
  );
  assert.ok(batches.length <= 4, String(batches));
});

test('what is over the rate is dropped, and a notice says how much', async (t) => {
  const { logs, written } = start(t, { linesPerSecond: 1 });
  logs.write({ id: 'a', target }, 'x\n'.repeat(15));
  logs.write({ id: 'b', target }, 'yy\n');
  await eventually(() => written.some(({ dropped }) => dropped !== undefined));
  assert.deepEqual(
    written.map(({ line, dropped }) => (dropped === undefined ? line : dropped)),
    [...Array.from({ length: 10 }, () => 'x'), { lines: 6, bytes: 13 }],
  );
  const notice = written.at(-1);
  assert.equal(notice?.invocationId, 'a');
  assert.match(notice?.line ?? '', /dropped 6 lines \(13 bytes\)/);
});

test('bytes over the rate are dropped, too', async (t) => {
  const { logs, written } = start(t, { bytesPerSecond: 10 });
  logs.write({ id: 'a', target }, `${'x'.repeat(99)}\n${'y'.repeat(100)}\n`);
  await logs.close();
  assert.deepEqual(
    written.map(({ line, dropped }) => dropped ?? line),
    ['x'.repeat(99), { lines: 1, bytes: 101 }],
  );
});

test('while Postgres is away lines wait, up to 16 MiB; those that are more are counted, and all is told when it is back', async (t) => {
  let away = true;
  const { logs, written, logged } = start(t, { linesPerSecond: 1e6, bytesPerSecond: 1e9 }, () => (away ? outage() : undefined));
  const line = `${'x'.repeat(1_048_576 / 128 - 129)}\n`;
  // 128 of them with what each counts for are 1 MiB.
  for (let i = 0; i < 20; i++) logs.write({ id: `c${i}`, target }, line.repeat(128));
  away = false;
  await eventually(() => written.some(({ dropped }) => dropped !== undefined));
  const lines = written.filter(({ dropped }) => dropped === undefined);
  assert.equal(lines.length, 16 * 128);
  assert.deepEqual(written.find(({ dropped }) => dropped !== undefined)?.dropped, { lines: 4 * 128, bytes: 4 * 128 * line.length });
  assert.deepEqual(logged, []);
});

test('what Postgres refuses, or is not there for at the end, is lost, and said', async (t) => {
  let error: Error | undefined = new Error('as if a value did not fit');
  const { logs, written, logged } = start(t, {}, () => error);
  logs.write({ id: 'a', target }, 'lost\n');
  await eventually(() => logged.length === 1);
  error = undefined;
  logs.write({ id: 'a', target }, 'kept\n');
  await eventually(() => written.length === 1);
  error = outage();
  logs.write({ id: 'a', target }, 'too late\n');
  await logs.close();
  assert.deepEqual(logged, ['lines of guest logs are lost', 'lines of guest logs are lost']);
  assert.deepEqual(
    written.map(({ line }) => line),
    ['kept'],
  );
});
