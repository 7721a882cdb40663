/** UUIDs of version 7. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuidv7 } from '../../../shared/uuid.ts';

test('has the version, the variant and the time of RFC 9562', () => {
  // Its appendix A.6: 2022-02-22 14:22:22.000 UTC-5.
  const nowMs = 0x017f22e279b0;
  for (let i = 0; i < 100; i++) assert.match(uuidv7(nowMs), /^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('later ones are greater, and no two are equal', () => {
  const times = [0, 1, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Date.now(), 2 ** 48 - 1];
  const ids = times.map((nowMs) => uuidv7(nowMs));
  assert.deepEqual(ids, ids.toSorted());
  assert.equal(new Set(Array.from({ length: 10_000 }, () => uuidv7(times[8]))).size, 10_000);
});
