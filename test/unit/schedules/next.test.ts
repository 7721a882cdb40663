/** When schedules are due: calendars, clocks that are put forward and back, and intervals. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nextTick } from '../../../gateway/schedules/next.ts';

/** @returns that many ticks after an instant, each found from the one before, as the clock does it */
function ticks(cron: string, timeZone: string, after: string, count: number): string[] {
  const found: string[] = [];
  for (let ms = Date.parse(after); found.length < count;) {
    const next = nextTick({ name: 'test', cron, timeZone, everyMs: undefined }, 0, ms);
    if (next === undefined) break;
    assert.ok(next > ms);
    found.push(new Date(next).toISOString().replace('.000Z', 'Z'));
    ms = next;
  }
  return found;
}

interface Row {
  readonly fact: string;
  readonly cron: string;
  readonly timeZone?: string;
  readonly after: string;
  readonly expected: readonly string[];
}

const rows: readonly Row[] = [
  {
    fact: 'five fields fall on whole minutes',
    cron: '*/20 * * * *',
    after: '2026-01-01T00:00:00.001Z',
    expected: ['2026-01-01T00:20:00Z', '2026-01-01T00:40:00Z', '2026-01-01T01:00:00Z'],
  },
  {
    fact: 'six fields have seconds first',
    cron: '*/30 * * * * *',
    after: '2026-01-01T00:00:00.500Z',
    expected: ['2026-01-01T00:00:30Z', '2026-01-01T00:01:00Z'],
  },
  { fact: 'the instant itself is not after it', cron: '0 0 * * *', after: '2026-01-01T00:00:00Z', expected: ['2026-01-02T00:00:00Z'] },
  {
    fact: 'days of the week have names',
    cron: '0 9 * * MON-FRI',
    after: '2026-01-01T09:00:00Z',
    expected: ['2026-01-02T09:00:00Z', '2026-01-05T09:00:00Z'],
  },
  {
    fact: '0 and 7 are Sunday',
    cron: '0 0 * * 7',
    after: '2026-01-01T00:00:00Z',
    expected: ['2026-01-04T00:00:00Z', '2026-01-11T00:00:00Z'],
  },
  {
    fact: 'months have names',
    cron: '0 0 1 JUL *',
    after: '2026-01-01T00:00:00Z',
    expected: ['2026-07-01T00:00:00Z', '2027-07-01T00:00:00Z'],
  },
  {
    fact: 'L is the last day of a month',
    cron: '0 0 L * *',
    after: '2028-01-15T00:00:00Z',
    expected: ['2028-01-31T00:00:00Z', '2028-02-29T00:00:00Z', '2028-03-31T00:00:00Z'],
  },
  {
    fact: '5L is the last Friday of a month',
    cron: '0 0 * * 5L',
    after: '2026-01-01T00:00:00Z',
    expected: ['2026-01-30T00:00:00Z', '2026-02-27T00:00:00Z'],
  },
  {
    fact: '1#2 is the second Monday of a month',
    cron: '0 0 * * 1#2',
    after: '2026-01-01T00:00:00Z',
    expected: ['2026-01-12T00:00:00Z', '2026-02-09T00:00:00Z'],
  },
  {
    fact: 'day of the month and day of the week: either is enough',
    cron: '0 0 13 * FRI',
    after: '2026-01-09T00:00:00Z',
    expected: ['2026-01-13T00:00:00Z', '2026-01-16T00:00:00Z'],
  },
  {
    fact: '29 February is in leap years',
    cron: '0 0 29 2 *',
    after: '2026-01-01T00:00:00Z',
    expected: ['2028-02-29T00:00:00Z', '2032-02-29T00:00:00Z'],
  },
  { fact: '2100 is no leap year', cron: '0 0 29 2 *', after: '2096-02-29T00:00:00Z', expected: ['2104-02-29T00:00:00Z'] },
  { fact: 'a shorthand has a name', cron: '@daily', after: '2026-01-01T00:00:01Z', expected: ['2026-01-02T00:00:00Z'] },
  { fact: 'days that no month has never come', cron: '0 0 31 4,6 *', after: '2026-01-01T00:00:00Z', expected: [] },
  {
    fact: 'forward in Berlin: 02:30 does not exist on 29 March and is made up for at 03:30',
    cron: '30 2 * * *',
    timeZone: 'Europe/Berlin',
    after: '2026-03-28T00:00:00Z',
    expected: ['2026-03-28T01:30:00Z', '2026-03-29T01:30:00Z', '2026-03-30T00:30:00Z'],
  },
  {
    fact: 'forward in Berlin: several times that do not exist are all made up for',
    cron: '*/20 2 * * *',
    timeZone: 'Europe/Berlin',
    after: '2026-03-28T02:00:00Z',
    expected: ['2026-03-29T01:00:00Z', '2026-03-29T01:20:00Z', '2026-03-29T01:40:00Z', '2026-03-30T00:00:00Z'],
  },
  {
    fact: 'forward in Berlin: made up for at a time that there is anyway is one tick',
    cron: '0 2,3 * * *',
    timeZone: 'Europe/Berlin',
    after: '2026-03-28T03:00:00Z',
    expected: ['2026-03-29T01:00:00Z', '2026-03-30T00:00:00Z', '2026-03-30T01:00:00Z'],
  },
  {
    fact: 'forward in Berlin: hourly is every real hour',
    cron: '0 * * * *',
    timeZone: 'Europe/Berlin',
    after: '2026-03-28T23:30:00Z',
    expected: ['2026-03-29T00:00:00Z', '2026-03-29T01:00:00Z', '2026-03-29T02:00:00Z'],
  },
  {
    fact: 'back in Berlin: 02:30 comes twice on 25 October and counts once',
    cron: '30 2 * * *',
    timeZone: 'Europe/Berlin',
    after: '2026-10-24T01:00:00Z',
    expected: ['2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z'],
  },
  {
    fact: 'back in Berlin: 02:30 does not count again for a schedule that begins between the two',
    cron: '30 2 * * *',
    timeZone: 'Europe/Berlin',
    after: '2026-10-25T01:10:00Z',
    expected: ['2026-10-26T01:30:00Z'],
  },
  {
    fact: 'back in Berlin: every 20 minutes is so through both hours',
    cron: '*/20 * * * *',
    timeZone: 'Europe/Berlin',
    after: '2026-10-25T00:30:00Z',
    expected: ['2026-10-25T00:40:00Z', '2026-10-25T01:00:00Z', '2026-10-25T01:20:00Z', '2026-10-25T01:40:00Z', '2026-10-25T02:00:00Z'],
  },
  {
    fact: 'forward in New York: 02:30 does not exist on 8 March and is made up for at 03:30',
    cron: '30 2 * * *',
    timeZone: 'America/New_York',
    after: '2026-03-07T12:00:00Z',
    expected: ['2026-03-08T07:30:00Z', '2026-03-09T06:30:00Z'],
  },
  {
    fact: 'back in New York: 01:30 comes twice on 1 November and counts once',
    cron: '30 1 * * *',
    timeZone: 'America/New_York',
    after: '2026-10-31T12:00:00Z',
    expected: ['2026-11-01T05:30:00Z', '2026-11-02T06:30:00Z'],
  },
  {
    fact: 'UTC has neither',
    cron: '30 2 * * *',
    after: '2026-03-28T12:00:00Z',
    expected: ['2026-03-29T02:30:00Z', '2026-03-30T02:30:00Z'],
  },
];

describe('the ticks of an expression', () => {
  for (const { fact, cron, timeZone = 'UTC', after, expected } of rows) {
    test(fact, () => assert.deepEqual(ticks(cron, timeZone, after, Math.max(1, expected.length)), expected));
  }

  for (const [cron, count] of [
    ['30 2 * * *', 3_652],
    ['0 12 * * 1#1', 120],
  ] as const) {
    for (const timeZone of ['Europe/Berlin', 'America/New_York', 'UTC']) {
      test(`ten years of ${cron} in ${timeZone} go forward only, and none is left out or comes twice`, () => {
        const found = ticks(cron, timeZone, '2026-01-01T12:00:00Z', count + 1);
        assert.equal(found.filter((at) => at <= '2036-01-01T12:00:00Z').length, count);
      });
    }
  }

  test('H is the same at every look, and another for another schedule', () => {
    const minutes = Array.from({ length: 20 }, (_, i) => {
      const timing = { name: `schedule-${i}`, cron: 'H * * * *', timeZone: 'UTC', everyMs: undefined };
      const first = nextTick(timing, 0, 0) ?? Number.NaN;
      assert.equal(nextTick(timing, 0, first), first + 3_600_000);
      return first;
    });
    assert.ok(new Set(minutes).size > 5, minutes.join());
  });
});

describe('the ticks of an interval', () => {
  const every = (everyMs: number, createdAtMs: number, afterMs: number): number | undefined =>
    nextTick({ name: 'test', cron: undefined, timeZone: 'UTC', everyMs }, createdAtMs, afterMs);

  test('count from when it was made, however late the one before was run', () => {
    assert.equal(every(60_000, 1_234, 1_234), 61_234);
    assert.equal(every(60_000, 1_234, 61_233), 61_234);
    assert.equal(every(60_000, 1_234, 61_234), 121_234);
    assert.equal(every(60_000, 1_234, 100_000_000), 100_021_234);
  });

  test('begin one interval after it was made, also by a clock that goes behind', () => {
    assert.equal(every(60_000, 100_000, 50), 160_000);
  });

  test('do not drift', () => {
    let ms = 5;
    for (let i = 0; i < 10_000; i++) ms = every(1_001, 5, ms) ?? 0;
    assert.equal(ms, 5 + 10_000 * 1_001);
  });
});
