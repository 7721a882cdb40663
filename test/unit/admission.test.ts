/** Who may enter, exactly. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AdmissionLoad, decideAdmission } from '../../gateway/invoke/admission.ts';

const limits = { concurrency: 3, maxQueueDepth: 10 };
const quiet: AdmissionLoad = { inFlight: 0, meanMs: undefined, queueDepth: 0, workers: 1 };

test('takes calls up to the limits', () => {
  assert.deepEqual(decideAdmission(quiet, limits), { kind: 'accept' });
  assert.deepEqual(decideAdmission({ ...quiet, inFlight: 2, queueDepth: 9 }, limits), { kind: 'accept' });
});

test('rejects the call past the concurrency of its function with FUNCTION_BUSY', () => {
  assert.partialDeepStrictEqual(decideAdmission({ ...quiet, inFlight: 3 }, limits), { kind: 'reject', code: 'FUNCTION_BUSY' });
});

test('rejects the call past the depth of the lane with QUEUE_FULL', () => {
  assert.partialDeepStrictEqual(decideAdmission({ ...quiet, queueDepth: 10 }, limits), { kind: 'reject', code: 'QUEUE_FULL' });
});

test('rejects every call with NO_WORKER while there is none', () => {
  assert.partialDeepStrictEqual(decideAdmission({ ...quiet, workers: 0 }, limits), { kind: 'reject', code: 'NO_WORKER' });
});

test('blames the function first: its own limit holds whatever the platform does', () => {
  assert.partialDeepStrictEqual(decideAdmission({ inFlight: 3, meanMs: 1, queueDepth: 10, workers: 0 }, limits), { code: 'FUNCTION_BUSY' });
});

test('says to come back after half of the mean answer time, a second at least', () => {
  const retryAfterMs = (meanMs: number | undefined): unknown => {
    const admission = decideAdmission({ ...quiet, inFlight: 3, meanMs }, limits);
    return admission.kind === 'reject' && admission.retryAfterMs;
  };
  assert.equal(retryAfterMs(undefined), 1_000);
  assert.equal(retryAfterMs(100), 1_000);
  assert.equal(retryAfterMs(8_000), 4_000);
});
