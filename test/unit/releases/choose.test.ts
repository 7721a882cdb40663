/** Which version of a weighted release a call gets: exact bounds, exact shares, the same caller the same version. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Share } from '../../../contracts/release.ts';
import { choose, pointOf, stickyKey } from '../../../gateway/releases/choose.ts';
import { pickVersion } from '../../../gateway/releases/pick.ts';
import { aRoute } from '../../support/routes.ts';

const shares = (...weights: readonly [version: number, weight: number][]): Share[] =>
  weights.map(([version, weight]) => ({ version, weight }));
const nobody = { headers: {}, ip: '::1' };
const never = (): number => assert.fail('chance was asked');

test('a point is in the share that its weight gives it, newest version first', () => {
  const release = shares([4, 5], [3, 95]);
  for (const [point, version] of [
    [0, 4],
    [0.04999, 4],
    [0.05, 3],
    [0.5, 3],
    [1 - Number.EPSILON, 3],
  ] as const) {
    assert.equal(choose(release, point), version, `point ${point}`);
  }
});

test('of 1000 evenly spread points every version gets exactly its share', () => {
  const release = shares([9, 1], [7, 249], [2, 750]);
  const got = new Map<number, number>();
  for (let i = 0; i < 1_000; i++) {
    const version = choose(release, i / 1_000);
    got.set(version, (got.get(version) ?? 0) + 1);
  }
  assert.deepEqual(
    [...got],
    [
      [9, 1],
      [7, 249],
      [2, 750],
    ],
  );
});

test('a weight of 0 gets no call at all, wherever it stands', () => {
  for (const release of [shares([3, 0], [2, 1]), shares([3, 1], [2, 0]), shares([3, 0], [2, 1], [1, 0])]) {
    const wanted = release.find(({ weight }) => weight > 0)?.version;
    for (const point of [0, 0.5, 1 - Number.EPSILON]) assert.equal(choose(release, point), wanted);
  }
  assert.throws(() => choose(shares([1, 0]), 0), RangeError);
});

test('the points of texts are the same for ever: gateways of different versions agree', () => {
  assert.deepEqual(
    ['', 'a', 'fib:live:4:203.0.113.7', '\u{1F413}'].map((text) => Math.floor(pointOf(text) * 2 ** 32)),
    [2872998923, 444641715, 741077040, 2079048571],
  );
});

test('the points of 20,000 callers are spread evenly: each tenth holds a tenth of them', () => {
  const tenths = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 20_000; i++) {
    const tenth = Math.floor(pointOf(`fib:live:4:user-${i}`) * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  // Five standard deviations of a binomial with n = 20,000 and p = 0.1; the texts are fixed, so this holds or does not.
  for (const count of tenths) assert.ok(Math.abs(count - 2_000) < 5 * Math.sqrt(20_000 * 0.1 * 0.9), tenths.join());
});

test('a caller is recognised by a header in any case, by a cookie of exactly that name, or by address', () => {
  const headers = { 'x-user': 'ada', cookie: 'xsid=no; sid= 42 ; sid=43; flag', 'x-many': ['a', 'b'] };
  const caller = { headers, ip: '203.0.113.7' };
  assert.equal(stickyKey({ by: 'header', name: 'X-User' }, caller), 'ada');
  assert.equal(stickyKey({ by: 'header', name: 'x-many' }, caller), 'a,b');
  assert.equal(stickyKey({ by: 'header', name: 'x-other' }, caller), undefined);
  assert.equal(stickyKey({ by: 'header', name: 'constructor' }, caller), undefined);
  assert.equal(stickyKey({ by: 'cookie', name: 'sid' }, caller), '42');
  assert.equal(stickyKey({ by: 'cookie', name: 'flag' }, caller), undefined);
  assert.equal(stickyKey({ by: 'cookie', name: 'sid' }, nobody), undefined);
  assert.equal(stickyKey({ by: 'address' }, caller), '203.0.113.7');
});

test('the same caller gets the same version, and as the newest gets more weight nobody is sent back from it', () => {
  const callers = Array.from({ length: 500 }, (_, i) => ({ headers: { 'x-user': `user-${i}` }, ip: '' }));
  let before = new Set<number>();
  for (const weight of [5, 20, 50, 95]) {
    const route = aRoute(
      [
        [4, weight],
        [3, 100 - weight],
      ],
      { sticky: { by: 'header', name: 'x-user' } },
    );
    const on = new Set(callers.flatMap((caller, i) => (pickVersion(route, caller, never).version === 4 ? [i] : [])));
    assert.ok(
      [...before].every((i) => on.has(i)),
      `weight ${weight}`,
    );
    assert.ok(on.size > before.size && Math.abs(on.size - weight * 5) < 5 * Math.sqrt(500 * 0.25), `${on.size} of 500 at ${weight}`);
    before = on;
  }
});

test('other functions, aliases and versions send other callers ahead', () => {
  const caller = (i: number): { headers: Record<string, string>; ip: string } => ({ headers: {}, ip: `10.0.0.${i}` });
  const ahead = (alias: string, newest: number): string => {
    const route = aRoute(
      [
        [newest, 50],
        [1, 50],
      ],
      { alias, sticky: { by: 'address' } },
    );
    return Array.from({ length: 64 }, (_, i) => pickVersion(route, caller(i), never).version)
      .map((v) => (v === 1 ? '-' : '+'))
      .join('');
  };
  const all = [ahead('live', 4), ahead('live', 5), ahead('canary', 4)];
  assert.equal(new Set(all).size, 3);
});

test('who cannot be recognised gets a version by chance; a plain pointer asks neither', () => {
  const route = aRoute(
    [
      [4, 50],
      [3, 50],
    ],
    { sticky: { by: 'cookie', name: 'sid' } },
  );
  assert.equal(pickVersion(route, nobody, () => 0.49).version, 4);
  assert.equal(pickVersion(route, nobody, () => 0.5).version, 3);
  assert.equal(pickVersion(aRoute([[3, 1]]), nobody, never).version, 3);
});
