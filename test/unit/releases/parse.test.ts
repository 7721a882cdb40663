/** What PUT of an alias takes, what it refuses and how it says so; and how calls name aliases. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { parseFunctionReference } from '../../../contracts/names.ts';
import { toPointer } from '../../../contracts/release.ts';
import { parseAliasChange } from '../../../gateway/releases/parse.ts';

const guard = { maxErrorRate: 0.1, windowMs: 60_000, minCalls: 20 };

test('a version, or weights with what goes with them, come back as they were given', () => {
  for (const change of [
    { version: 3 },
    { weights: { '3': 95, '4': 5 } },
    { weights: { '3': 100 } },
    { weights: { '3': 0, '4': 100 }, sticky: { by: 'address' }, guard },
    { weights: { '9': 1, '10': 1 }, sticky: { by: 'cookie', name: 'sid' } },
  ]) {
    assert.deepEqual(toPointer(parseAliasChange(change)), change);
  }
});

test('versions are ordered by number, newest first', () => {
  assert.deepEqual(
    parseAliasChange({ weights: { '9': 1, '100': 2, '10': 3 } }).shares.map(({ version }) => version),
    [100, 10, 9],
  );
});

test('says what is wrong', () => {
  const weights = { '3': 95, '4': 5 };
  const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [i + 1, 1]));
  for (const [change, detail] of [
    [undefined, /not a JSON object/],
    [[3], /not a JSON object/],
    ['3', /not a JSON object/],
    [{}, /either "version" or "weights"/],
    [{ version: 3, weights }, /either "version" or "weights"/],
    [{ version: 3, wieghts: 1 }, /"wieghts" is none of version, weights, sticky, guard/],
    [{ version: 0 }, /^version: /],
    [{ version: '3' }, /^version: /],
    [{ version: 1.5 }, /^version: /],
    [{ weights: {} }, /weight above 0/],
    [{ weights: { '3': 0 } }, /weight above 0/],
    [{ weights: { '3': 0, '4': 0 } }, /weight above 0/],
    [{ weights: { '03': 1, '4': 1 } }, /^weights/],
    [{ weights: { __proto__x: 1, '4': 1 } }, /^weights/],
    [{ weights: { '3': -1, '4': 1 } }, /^weights\.3: /],
    [{ weights: { '3': 0.5, '4': 1 } }, /^weights\.3: /],
    [{ weights: { '3': 1e9, '4': 1 } }, /^weights\.3: /],
    [{ weights: eleven }, /^weights: /],
    [{ version: 3, sticky: { by: 'address' } }, /sticky: all calls get the same version/],
    [{ weights: { '3': 1 }, guard }, /guard: there is no other version/],
    [{ version: 3, guard }, /guard: there is no other version/],
    [{ weights, sticky: { by: 'header' } }, /^sticky/],
    [{ weights, sticky: { by: 'header', name: 'a b' } }, /^sticky/],
    [{ weights, sticky: { by: 'address', name: 'x' } }, /^sticky/],
    [{ weights, guard: { ...guard, maxErrorRate: 1.5 } }, /^guard\.maxErrorRate: /],
    [{ weights, guard: { ...guard, windowMs: 10 } }, /^guard\.windowMs: /],
    [{ weights, guard: { maxErrorRate: 0.5 } }, /^guard: /],
  ] as const) {
    assert.throws(() => parseAliasChange(change), { code: 'INVALID_RELEASE', message: detail }, JSON.stringify(change));
  }
});

test('a call names a function, a version or an alias, and nothing else', () => {
  assert.deepEqual(parseFunctionReference('fib'), { name: 'fib', alias: undefined });
  assert.deepEqual(parseFunctionReference('fib@3'), { name: 'fib', version: 3 });
  assert.deepEqual(parseFunctionReference('fib:canary'), { name: 'fib', alias: 'canary' });
  for (const text of [
    'fib:',
    ':canary',
    'fib:3',
    'fib:Canary',
    'fib:a:b',
    'fib:a@3',
    'fib@3:a',
    'fib@',
    'fib:a b',
    'fib:-a',
    `fib:${'a'.repeat(64)}`,
  ]) {
    assert.throws(() => parseFunctionReference(text), { code: 'INVALID_NAME' }, text);
  }
});
