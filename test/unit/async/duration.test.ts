/** Durations in headers and queries. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { parseDuration } from '../../../gateway/async/duration.ts';

const day = 86_400_000;

test('durations are read in every unit, and together from large to small', () => {
  for (const [text, ms] of [
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1h30m', 5_400_000],
    ['1m5s250ms', 65_250],
    ['0', 0],
    ['0s', 0],
    ['90', 90_000],
    ['86400', day],
  ] as const)
    assert.equal(parseDuration('wait', text, day), ms, text);
});

test('what is no duration is refused, and so is one past the bound, which is named', () => {
  for (const text of ['', ' ', '30 s', '-1', '+5s', '1.5s', '1e3', 's', '30x', '5m2h', '1m1m', '1h 30m', '٣s'])
    assert.throws(
      () => parseDuration('x-bantam-delay', text, day),
      { code: 'INVALID_REQUEST', message: /^x-bantam-delay is no duration/ },
      text,
    );
  for (const text of ['86400001ms', '25h', '9'.repeat(30), '9'.repeat(400)])
    assert.throws(() => parseDuration('wait', text, day), { code: 'INVALID_REQUEST', message: 'wait is longer than 86400 seconds' });
});
