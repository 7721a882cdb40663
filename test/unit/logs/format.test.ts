/** Log lines on the line, times in queries, and lines for people. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BantamError } from '../../../contracts/errors.ts';
import { type GuestLogLine, lineOverheadBytes } from '../../../contracts/guest-log.ts';
import { filtered, ndjson, sse, toEntry, withGap } from '../../../gateway/logs/format.ts';
import { parseSince } from '../../../gateway/logs/since.ts';
import { prettyLine } from '../../../shared/pretty-log.ts';

function line(id: number, text: string, invocationId = 'i', at = '2026-01-31T12:00:00.000Z'): GuestLogLine {
  return { id: String(id), at, invocationId, version: 1, worker: 'w', line: text };
}

test('a line is an object on a line, or an event whose id is the line', () => {
  const entries = [line(200, 'one'), line(330, 'two\u2028')].map(toEntry);
  assert.deepEqual(
    ndjson
      .write(entries)
      .split('\n')
      .map((text) => (text === '' ? '' : (JSON.parse(text) as unknown))),
    [line(200, 'one'), line(330, 'two\u2028'), ''],
  );
  assert.match(sse.write(entries.slice(0, 1)), /^id: 200\ndata: \{"id":"200".*\}\n\n$/);
  assert.deepEqual(JSON.parse(`${ndjson.opening(0n)}${ndjson.beat(0n)}${ndjson.write(entries.slice(0, 1))}`), line(200, 'one'));
});

test('lines that are missing before the first one are told, and only those', () => {
  const size = lineOverheadBytes + 3;
  const lines = [line(1_000 + size, 'one'), line(1_000 + 2 * size, 'two')];
  assert.deepEqual(withGap(1_000n, lines), lines.map(toEntry));
  assert.deepEqual(withGap(0n, lines), lines.map(toEntry));
  assert.deepEqual(withGap(999n, []), []);
  const [gap, ...rest] = withGap(999n, lines);
  assert.partialDeepStrictEqual(gap, { id: 1_000n, shown: { id: '1000', gap: true } });
  assert.deepEqual(rest, lines.map(toEntry));
});

test('a filter lets through what fits, and gaps', () => {
  const entries = [
    ...withGap(1n, [line(900, 'a', 'x', '2026-01-31T12:00:00.000Z')]),
    toEntry(line(1_100, 'b', 'y', '2026-01-31T12:00:01.000Z')),
  ];
  const texts = (filter: Parameters<typeof filtered>[1]): string[] =>
    filtered(ndjson, filter)
      .write(entries)
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => (JSON.parse(text) as GuestLogLine).line.slice(0, 6));
  assert.deepEqual(texts({ sinceMs: undefined, invocationId: undefined }), ['bantam', 'a', 'b']);
  assert.deepEqual(texts({ sinceMs: undefined, invocationId: 'x' }), ['bantam', 'a']);
  assert.deepEqual(texts({ sinceMs: Date.parse('2026-01-31T12:00:01.000Z'), invocationId: undefined }), ['bantam', 'b']);
  assert.deepEqual(texts({ sinceMs: Date.parse('2026-01-31T12:00:01.001Z'), invocationId: undefined }), ['bantam']);
});

test('"since" is a time or how long it is ago', () => {
  assert.equal(parseSince('10m', 1_000_000_000), 999_400_000);
  assert.equal(parseSince('90', 1_000_000_000), 999_910_000);
  assert.equal(parseSince('2026-01-31T12:00:00Z', 0), Date.UTC(2026, 0, 31, 12));
  assert.equal(parseSince('2026-01-31T12:00:00.5+01:00', 0), Date.UTC(2026, 0, 31, 11, 0, 0, 500));
  for (const text of ['', 'yesterday', '2026-01-31', '2026-13-31T12:00:00Z', '-5m', '31536001'])
    assert.throws(
      () => parseSince(text, 0),
      (error) => error instanceof BantamError && error.code === 'INVALID_REQUEST',
      text,
    );
});

test('a log line for people has the time, the level, what is said, its members and the stack, and nothing that a terminal obeys', () => {
  const entry = {
    level: 'warn',
    time: '2026-01-31T12:34:56.789Z',
    pid: 1,
    name: 'gateway',
    msg: 'it\u001b[2J failed',
    function: 'fib',
    n: 1,
  };
  const pretty = prettyLine(
    JSON.stringify({ ...entry, err: { type: 'Error', message: 'no', stack: 'Error: no\n  at x' } }),
    (_style, text) => text,
  );
  assert.equal(pretty, '12:34:56.789 warn  it\u{fffd}[2J failed function=fib n=1\n    Error: no\n      at x\n');
  assert.equal(prettyLine('no JSON\n'), 'no JSON\n');
});
