/** What processes report of their calls, and the guests that they call. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { growthOf, toTiming } from '../../bench/kinds/calls/report.ts';
import { contenders } from '../../bench/kinds/contenders.ts';
import { guestNames, readGuest } from '../../bench/kinds/guest.ts';

const repository = join(import.meta.dirname, '../..');

test('times become median, mean, 99th percentile and processor time per call', () => {
  const timesUs = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.deepEqual(toTiming(timesUs, 200), { calls: 100, cpuUs: 2, medianUs: 51, meanUs: 50.5, p99Us: 100 });
});

test('growth is between the first and the last quarter, whatever is in between or stands out', () => {
  const rssBytes = [5, 6, 90, 5, 70, 70, 70, 70, 70, 70, 70, 70, 7, 8, 8, 0];
  assert.deepEqual(growthOf({ calls: 16, rssBytes, liveGrownBytes: 3 }), {
    calls: 16,
    firstRssBytes: 5.5,
    lastRssBytes: 7.5,
    liveGrownBytes: 3,
  });
});

for (const name of guestNames) {
  const guest = readGuest(repository, name);
  for (const contender of contenders) {
    // It is no part of the project.
    if (!contender.runs(guest) || contender.name === 'wasmtime run') continue;
    test(`${contender.name} answers ${name} right, again and again`, async () => {
      const call = await contender.prepare(guest);
      for (let i = 0; i < 3; i++) assert.deepEqual(Buffer.from(call()), Buffer.from(guest.call.expected));
    });
  }
}
