/** What decides which instances are alike: secrets count by namespace, name, version and variable, and a target has no value of any. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionVersion } from '../../../contracts/function.ts';
import { targetOf } from '../../../contracts/target.ts';
import { aVersion } from '../../support/routes.ts';

const reference = { env: 'A', name: 'db', version: 3 };

function keyOf(changes: Partial<FunctionVersion>, name = 'fib'): string | undefined {
  return targetOf({ ...aVersion(1, name), ...changes }).settings?.key;
}

test('without secrets the key is that of before, in every namespace', () => {
  const config = { env: { A: '1' } };
  // sha256 of [[],[["A","1"]],null]
  const before = 'bf60f40c49dbc7ce94fe937c9cf267c4284380b5b358593c51fa96a32cf1cd8e';
  for (const name of ['fib', 'fib.team'])
    for (const secrets of [undefined, []]) {
      assert.equal(keyOf({ config, ...(secrets !== undefined && { secrets }) }, name), before);
    }
  assert.equal(keyOf({}), undefined);
});

test('another variable, secret, version or namespace is another key', () => {
  const lists = [
    [reference],
    [{ ...reference, env: 'B' }],
    [{ ...reference, name: 'bd' }],
    [{ ...reference, version: 4 }],
    [reference, { ...reference, env: 'B' }],
  ];
  const keys = ['fib', 'fib.team', 'fib.tea'].flatMap((name) => lists.map((secrets) => keyOf({ secrets }, name)));
  assert.ok(!keys.includes(undefined));
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(keyOf({ secrets: [{ ...reference }] }), keyOf({ secrets: [reference] }, 'another'));
});

test('the worker is told which ones', () => {
  assert.deepEqual(targetOf({ ...aVersion(1), secrets: [reference] }).settings?.secrets, [reference]);
});
