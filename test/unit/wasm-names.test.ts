import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readModule } from '../../wasm/module.ts';
import { readNames } from '../../wasm/names.ts';
import { binary, fromWat, name, section } from '../support/modules.ts';

test('reads the names of functions and parameters, not those of locals', async () => {
  const module = readModule(
    await fromWat('(module (func $f (param $n i32) (param i64) (local $x i32)) (func $g (param $a i32) (param $b i32)))'),
  );
  assert.deepEqual(
    Object.fromEntries(
      readNames(
        module,
        new Map([
          [0, 2],
          [1, 2],
        ]),
      ),
    ),
    {
      0: { name: 'f', params: ['n', ''] },
      1: { name: 'g', params: ['a', 'b'] },
    },
  );
});

test('passes over functions that were not asked for', async () => {
  const module = readModule(await fromWat('(module (func $f (param $n i32)) (func $g (param $a i32)))'));
  assert.deepEqual([...readNames(module, new Map([[1, 1]])).keys()], [1]);
});

test('knows no names without a name section', () => {
  const names = readNames(readModule(binary()), new Map([[0, 1]]));
  assert.deepEqual(names.get(0), { name: '', params: [''] });
});

test('ignores a malformed name section as a whole', () => {
  const functions = [1, 4, 1, 0, 1, 0x66]; // function 0 is f
  const sound = readModule(binary(section(0, name('name'), functions)));
  assert.equal(readNames(sound, new Map([[0, 0]])).get(0)?.name, 'f');
  for (const rest of [
    [2, 0xff, 0x7f],
    [2, 3, 0xff, 0xff, 3],
    [2, 5, 1, 0, 1, 0, 9],
  ]) {
    assert.equal(readNames(readModule(binary(section(0, name('name'), functions, rest))), new Map([[0, 0]])).size, 0);
  }
});

test('does not work through a count that has no bytes behind it', () => {
  const module = readModule(binary(section(0, name('name'), [2, 5, 0xff, 0xff, 0xff, 0xff, 0x0f])));
  assert.equal(readNames(module, new Map([[0, 1]])).size, 0);
});
