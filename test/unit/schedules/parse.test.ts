/** What is a schedule and what is none, said in words. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BantamError } from '../../../contracts/errors.ts';
import { parseSchedule, parseScheduleName } from '../../../gateway/schedules/parse.ts';

const nowMs = Date.parse('2026-01-01T00:00:00Z');

function refused(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof BantamError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'nothing';
}

test('what is not said has its default', () => {
  assert.deepEqual(parseSchedule('nightly', { function: 'fib', cron: ' 0 3 * * * ' }, nowMs), {
    name: 'nightly',
    function: 'fib',
    cron: '0 3 * * *',
    timeZone: 'UTC',
    everyMs: undefined,
    body: undefined,
    overlap: 'skip',
    missed: 'skip',
    paused: false,
  });
});

test('all of it is kept', () => {
  const said = { function: 'fib:canary', everyMs: 1_000, body: { n: 1 }, overlap: 'queue', missed: 'one', paused: true } as const;
  assert.deepEqual(parseSchedule('nightly', said, nowMs), { ...said, name: 'nightly', cron: undefined, timeZone: 'UTC', body: '{"n":1}' });
});

test('a body may be any JSON, null and zero characters included', () => {
  for (const body of [null, 0, '', false, [1], 'a\0b', '\ud800']) {
    assert.deepEqual(JSON.parse(parseSchedule('a', { function: 'fib', everyMs: 1_000, body }, nowMs).body ?? ''), body);
  }
  assert.ok(parseSchedule('a', { function: 'fib', everyMs: 1_000, body: 'a\0b' }, nowMs).body?.includes('\0') === false);
});

describe('refuses, and says why:', () => {
  const fib = { function: 'fib' };
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [[], /^INVALID_SCHEDULE the body is not a JSON object$/],
    [undefined, /not a JSON object/],
    ['0 0 * * *', /not a JSON object/],
    [{ ...fib, crn: '* * * * *' }, /"crn" is none of function, cron, timeZone, everyMs, body, overlap, missed, paused$/],
    [{ cron: '* * * * *' }, /function/],
    [{ function: 7, cron: '* * * * *' }, /^INVALID_SCHEDULE function: must be string$/],
    [{ function: 'Fib', cron: '* * * * *' }, /^INVALID_NAME "Fib"/],
    [{ function: 'fib@x', cron: '* * * * *' }, /^INVALID_NAME "x"/],
    [fib, /either "cron" or "everyMs"/],
    [{ ...fib, cron: '* * * * *', everyMs: 1_000 }, /either "cron" or "everyMs"/],
    [{ ...fib, everyMs: 999 }, /^INVALID_SCHEDULE everyMs: must be >= 1000$/],
    [{ ...fib, everyMs: 31_536_000_001 }, /everyMs: must be <=/],
    [{ ...fib, everyMs: 1_000.5 }, /everyMs: must be integer/],
    [{ ...fib, everyMs: 1_000, timeZone: 'Europe/Berlin' }, /^INVALID_SCHEDULE timeZone: /],
    [{ ...fib, everyMs: 1_000, overlap: 'both' }, /overlap: must be one of skip, queue$/],
    [{ ...fib, everyMs: 1_000, missed: 'all' }, /missed: /],
    [{ ...fib, everyMs: 1_000, paused: 'no' }, /paused: must be boolean/],
    [{ ...fib, cron: '* * *' }, /^INVALID_SCHEDULE cron: it has 5 fields, or 6 with seconds first, and not 3$/],
    [{ ...fib, cron: '* * * * * * *' }, /and not 7$/],
    [{ ...fib, cron: '  ' }, /cron: it has 5 fields/],
    [{ ...fib, cron: '61 * * * *' }, /cron: .*61.*0-59/],
    [{ ...fib, cron: 'a b c d e' }, /cron: /],
    [{ ...fib, cron: '0 0 * * *\0' }, /cron: /],
    [{ ...fib, cron: '0 0 * * 1#9' }, /cron: /],
    [{ ...fib, cron: '@reboot' }, /cron: /],
    [{ ...fib, cron: '0 0 30 2 *' }, /cron: /],
    [{ ...fib, cron: '0 0 31 4,6,9,11 *' }, /cron: there is no time that "0 0 31 4,6,9,11 \*" fits$/],
    [{ ...fib, cron: `0 0 * * ${'1,'.repeat(200)}1` }, /cron: must not have more than 256/],
    ...['Mars/Base', 'local', '+02:00', 'utc+3', 'UTC\0', ' UTC'].map(
      (timeZone) => [{ ...fib, cron: '* * * * *', timeZone }, /^INVALID_SCHEDULE timeZone: .* is not the name of a time zone/] as const,
    ),
  ];
  for (const [value, words] of cases) {
    test(JSON.stringify(value ?? 'nothing').slice(0, 80), () =>
      assert.match(
        refused(() => parseSchedule('a', value, nowMs)),
        words,
      ),
    );
  }
});

test('a name has 1 to 63 of a-z, 0-9 and "-"', () => {
  assert.equal(parseScheduleName('every-day-2'), 'every-day-2');
  for (const name of ['', '-a', 'A', 'a b', 'a:b', 'a'.repeat(64)])
    assert.match(
      refused(() => parseScheduleName(name)),
      /^INVALID_NAME .* is not the name of a schedule$/,
    );
});
