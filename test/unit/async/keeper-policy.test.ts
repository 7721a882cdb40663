/** Which workers are given up, and what becomes of the attempts that nobody else ends. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { endOfOrphan, type SeenWorker, sight, type Sightings } from '../../../gateway/async/keeper-policy.ts';
import type { OrphanedAttempt } from '../../../registry/invocations/port.ts';

/** Looks at these times, a list of workers each. @returns the ids given up at each */
function looks(...seen: readonly (readonly [atMs: number, ...workers: SeenWorker[]])[]): string[][] {
  let sightings: Sightings | undefined;
  return seen.map(([atMs, ...workers]) => {
    const result = sight(sightings, workers, atMs);
    sightings = result.sightings;
    return result.silent.map(({ id }) => id);
  });
}

const a = (beats: number): SeenWorker => ({ id: 'a', beats: `${beats}` });
const b = (beats: number): SeenWorker => ({ id: 'b', beats: `${beats}` });

test('a worker is given up when its beats stand still for 3 s of looks', () => {
  assert.deepEqual(looks([0, a(7)], [1_000, a(7)], [2_000, a(7)], [2_999, a(7)]), [[], [], [], []]);
  assert.deepEqual(looks([0, a(7)], [1_000, a(7)], [2_000, a(7)], [3_000, a(7)]).at(-1), ['a']);
});

test('a worker whose beats go on is never given up, however silent another is', () => {
  const beating = Array.from({ length: 8 }, (_, i) => [i * 1_000, a(i), b(1)] as const);
  assert.deepEqual(looks(...beating), [[], [], [], ['b'], ['b'], ['b'], ['b'], ['b']]);
  assert.deepEqual(looks([0, a(1)], [1_000, a(1)], [2_000, a(2)], [3_000, a(2)], [4_000, a(2)], [5_000, a(2)]).flat(), ['a']);
});

test('after a gap without looks the silence counts from anew: nobody could beat while Postgres was away', () => {
  assert.deepEqual(looks([0, a(7)], [1_000, a(7)], [3_001, a(7)], [5_000, a(7)], [6_000, a(7)]), [[], [], [], [], []]);
  assert.deepEqual(looks([0, a(7)], [1_000, a(7)], [3_001, a(7)], [5_000, a(7)], [6_001, a(7)]).at(-1), ['a']);
});

test('a worker that comes back under its id starts anew', () => {
  assert.deepEqual(looks([0, a(7)], [1_000], [2_000, a(7)], [3_000, a(7)]).flat(), []);
});

const orphan: OrphanedAttempt = {
  id: '01890000-0000-7000-8000-000000000001',
  attempt: 2,
  status: 'running',
  function: 'fib',
  version: 3,
  callbackUrl: 'https://hooks.example.com/',
  tries: 1,
  losses: 0,
  crashes: 0,
  remainingMs: 60_000,
};
const config = { async: { onFailure: { function: 'mourner' }, attempts: 2 } };

test('an attempt whose worker is lost is repeated at once, and is no try of its function', () => {
  const end = endOfOrphan(orphan, config, 0.5, 0);
  assert.deepEqual(end.verdict, { status: 'queued', delayMs: 0, tries: 1, losses: 1, crashes: 0 });
  assert.partialDeepStrictEqual(end, {
    id: orphan.id,
    attempt: 2,
    from: 'running',
    outcome: { failure: { code: 'WORKER_LOST' } },
    destinations: [],
  });
  assert.deepEqual(endOfOrphan({ ...orphan, losses: 1 }, config, 0.5, 0).verdict, {
    status: 'queued',
    delayMs: 750,
    tries: 1,
    losses: 2,
    crashes: 0,
  });
});

test('an attempt that cannot be repeated in time is dead of age, and all who asked are told', () => {
  const end = endOfOrphan({ ...orphan, losses: 5, remainingMs: 100 }, config, 0, 0);
  assert.partialDeepStrictEqual(end, {
    verdict: { status: 'dead', reason: 'age' },
    outcome: { failure: { code: 'WORKER_LOST' } },
    destinations: [{ function: 'mourner' }, { url: 'https://hooks.example.com/' }],
  });
});

test('an invocation that waited until it was too old is dead as expired', () => {
  assert.partialDeepStrictEqual(endOfOrphan({ ...orphan, status: 'queued', remainingMs: -1 }, config, 0, 0), {
    from: 'queued',
    verdict: { status: 'dead', reason: 'age', tries: 1, losses: 0, crashes: 0 },
    outcome: { failure: { code: 'INVOCATION_EXPIRED' } },
    destinations: [{ function: 'mourner' }, { url: 'https://hooks.example.com/' }],
  });
});

test('of a deleted version only the caller is told', () => {
  const { destinations } = endOfOrphan({ ...orphan, status: 'queued' }, undefined, 0, 0);
  assert.deepEqual(destinations, [{ url: 'https://hooks.example.com/' }]);
});
