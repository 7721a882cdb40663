/** Names in components. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { isExportName, isImportName, isLabel, splitVersion, uniqueKey } from '../../../component/names.ts';

test('labels are kebab-case, each fragment in one case', () => {
  for (const label of ['a', 'a1', 'foo-bar', 'FOO-bar', 'a-1', 'get-HTTP-2']) assert.ok(isLabel(label), label);
  for (const label of ['', '1a', 'aB', 'a--b', '-a', 'a-', 'a_b', 'a b', 'a.b', '__proto__', 'é', 'a\n']) assert.ok(!isLabel(label), label);
});

test('exports have plain names, names of methods, or names of interfaces', () => {
  const good = [
    'greet',
    '[constructor]file',
    '[method]file.read',
    '[static]file.open-all',
    '[async method]file.read',
    'wasi:io/streams',
    'wasi:http/types@0.2.3-rc.1+x',
    'a:b:c/d/e',
  ];
  for (const name of good) assert.ok(isExportName(name) && isImportName(name), name);
  const bad = [
    '',
    'wasi:io',
    'wasi:io/',
    'io/streams',
    '[method]file',
    '[static]a.b.c',
    '[foo]a',
    'a:b/c@',
    'a:b/c#d',
    'constructor.x',
    "x'+(1)+'",
  ];
  for (const name of bad) assert.ok(!isExportName(name), name);
});

test('imports can name dependencies, exports cannot', () => {
  for (const name of ['unlocked-dep=<a:b>', 'url=<https://example.org/a.wasm>', 'integrity=<sha256-abc>']) {
    assert.ok(isImportName(name) && !isExportName(name), name);
  }
});

test('names that differ in case or hyphens alone are too much alike, and so are a method and a function of a resource', () => {
  assert.equal(uniqueKey('foo-bar'), uniqueKey('FOO-BAR'));
  assert.equal(uniqueKey('foo-bar'), uniqueKey('foobar'));
  assert.equal(uniqueKey('[method]a.b'), uniqueKey('[static]a.b'));
  assert.notEqual(uniqueKey('a'), uniqueKey('[constructor]a'));
});

test('the version is what follows the at sign, but not inside of an imported instance', () => {
  assert.deepEqual(splitVersion('wasi:io/streams@0.2.3'), { name: 'wasi:io/streams', version: '0.2.3' });
  assert.deepEqual(splitVersion('wasi:io/streams'), { name: 'wasi:io/streams', version: '' });
  assert.deepEqual(splitVersion('wasi:io/streams@0.2.3#inner'), { name: 'wasi:io/streams@0.2.3#inner', version: '' });
});
