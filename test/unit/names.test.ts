/** Names with and without a namespace. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bareNameOf,
  nameWithin,
  namespaceOf,
  parseFunctionName,
  parseFunctionReference,
  parseNamespace,
  parseQualifiedName,
  qualify,
  referenceFrom,
} from '../../contracts/names.ts';

const longest = 'a'.repeat(63);

test('a reference has its namespace behind the name, and the default one is left out', () => {
  assert.deepEqual(parseFunctionReference('fib.team'), { name: 'fib.team', alias: undefined });
  assert.deepEqual(parseFunctionReference('fib.team@3'), { name: 'fib.team', version: 3 });
  assert.deepEqual(parseFunctionReference('fib.team:canary'), { name: 'fib.team', alias: 'canary' });
  assert.deepEqual(parseFunctionReference('fib.default'), { name: 'fib', alias: undefined });
  assert.deepEqual(parseFunctionReference('fib.default@1'), { name: 'fib', version: 1 });
  assert.deepEqual(parseFunctionReference('default'), { name: 'default', alias: undefined });
  assert.deepEqual(parseFunctionReference('default.default'), { name: 'default', alias: undefined });
  assert.equal(parseQualifiedName(`${longest}.${longest}`), `${longest}.${longest}`);
});

test('two dots, a dot without a name on each side, upper case and what is too long are no names', () => {
  for (const text of [
    'a.b.c',
    'a.',
    '.a',
    '.',
    '..',
    'a..b',
    'A.b',
    'a.B',
    'a.-b',
    `a.${longest}a`,
    `${longest}a.b`,
    'a.b\n',
    'a.*',
    'a.default.default',
  ])
    assert.throws(() => parseFunctionReference(text), { code: 'INVALID_NAME' }, text);
  for (const text of ['a.b', 'A', '']) assert.throws(() => parseFunctionName(text), { code: 'INVALID_NAME' }, text);
  for (const text of ['a.b', '*', 'Team', '', `${longest}a`]) assert.throws(() => parseNamespace(text), { code: 'INVALID_NAME' }, text);
  assert.equal(parseNamespace(longest), longest);
});

test('a qualified name is put together and taken apart', () => {
  for (const [bare, namespace, name] of [
    ['fib', 'default', 'fib'],
    ['fib', 'team', 'fib.team'],
  ] as const) {
    assert.equal(qualify(bare, namespace), name);
    assert.deepEqual([bareNameOf(name), namespaceOf(name)], [bare, namespace]);
  }
});

test('what is named within a namespace is its own unless another is said, and is shown in the same way', () => {
  assert.equal(referenceFrom('team', 'fib'), 'fib.team');
  assert.equal(referenceFrom('team', 'fib@3'), 'fib.team@3');
  assert.equal(referenceFrom('team', 'fib:canary'), 'fib.team:canary');
  assert.equal(referenceFrom('team', 'fib.other:canary'), 'fib.other:canary');
  assert.equal(referenceFrom('team', 'fib.default'), 'fib.default');
  assert.equal(referenceFrom('default', 'fib@3'), 'fib@3');
  for (const name of ['fib', 'fib.team', 'fib.other'])
    for (const namespace of ['default', 'team'])
      assert.equal(parseQualifiedName(referenceFrom(namespace, nameWithin(namespace, name))), name);
  assert.equal(nameWithin('team', 'fib'), 'fib.default');
});
