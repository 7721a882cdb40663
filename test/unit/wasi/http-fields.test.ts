/** Resource `fields` of wasi:http/types. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Fields } from '../../../executor/host/wasi/http/fields.ts';
import { maxHeadBytes } from '../../../executor/host/wasi/http/state.ts';
import { callHost, newWorld, stopOf } from '../../support/wasi.ts';

type Entry = readonly [name: string, value: string];

const done = { tag: 'ok', val: undefined };
const refused = (tag: string): unknown => ({ tag: 'err', val: { tag } });
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const textOf = (value: Uint8Array): string => Buffer.from(value).toString('latin1');
const names = { list: '[static]fields.from-list', new: '[constructor]fields' } as const;
const call = (name: string, ...args: unknown[]): unknown => callHost(newWorld(), `wasi:http/types#${name}`, ...args);
const method = (name: string, ...args: unknown[]): unknown => call(`[method]fields.${name}`, ...args);

function fieldsOf(...entries: Entry[]): Fields {
  const list = entries.map(([name, value]) => [name, bytes(value)]);
  const made = call(names.list, list) as { tag: string; val: Fields };
  assert.equal(made.tag, 'ok');
  return made.val;
}

function entriesOf(fields: Fields): Entry[] {
  return (method('entries', fields) as [string, Uint8Array][]).map(([name, value]) => [name, textOf(value)]);
}

function valuesOf(fields: Fields, name: string): string[] {
  return (method('get', fields, name) as Uint8Array[]).map(textOf);
}

describe('fields', () => {
  test('are empty when constructed', () => {
    assert.deepEqual(entriesOf(call(names.new) as Fields), []);
  });

  test('keep order, repetition, and the case of names', () => {
    const entries: Entry[] = [
      ['Set-Cookie', 'a=1'],
      ['X-Other', ''],
      ['set-cookie', 'b=2'],
    ];
    assert.deepEqual(entriesOf(fieldsOf(...entries)), entries);
  });

  test('are found without regard to case', () => {
    const fields = fieldsOf(['Set-Cookie', 'a=1'], ['set-cookie', 'b=2']);
    assert.deepEqual(valuesOf(fields, 'SET-COOKIE'), ['a=1', 'b=2']);
    assert.equal(method('has', fields, 'sEt-cookie'), true);
    assert.deepEqual(valuesOf(fields, 'cookie'), []);
    assert.equal(method('has', fields, 'cookie'), false);
  });

  test('a name that is none is never found, nor one that only a change of case makes equal', () => {
    const fields = fieldsOf(['x-k', 'v']);
    for (const name of ['', 'x k', 'x-\u212a', 'constructor', '__proto__']) {
      assert.deepEqual(valuesOf(fields, name), [], name);
      assert.equal(method('has', fields, name), false, name);
    }
  });

  test('take every byte that a value may have', () => {
    const value = `\t ~${Array.from({ length: 128 }, (_, i) => String.fromCharCode(128 + i)).join('')}`;
    assert.deepEqual(valuesOf(fieldsOf(['x', value]), 'x'), [value]);
  });

  test('keep values of their own, not those of the guest', () => {
    const value = bytes('before');
    const fields = call(names.new) as Fields;
    method('append', fields, 'x', value);
    value.fill(0);
    assert.deepEqual(valuesOf(fields, 'x'), ['before']);
  });

  test('set puts the values in the place of all others of the name', () => {
    const fields = fieldsOf(['a', '1'], ['A', '2'], ['b', '3']);
    assert.deepEqual(method('set', fields, 'a', [bytes('x'), bytes('y')]), done);
    assert.deepEqual(entriesOf(fields), [
      ['b', '3'],
      ['a', 'x'],
      ['a', 'y'],
    ]);
    assert.deepEqual(method('set', fields, 'a', []), done);
    assert.deepEqual(entriesOf(fields), [['b', '3']]);
  });

  test('append adds at the end, delete takes all of the name away', () => {
    const fields = fieldsOf(['a', '1'], ['b', '2']);
    assert.deepEqual(method('append', fields, 'A', bytes('3')), done);
    assert.deepEqual(valuesOf(fields, 'a'), ['1', '3']);
    assert.deepEqual(method('delete', fields, 'a'), done);
    assert.deepEqual(entriesOf(fields), [['b', '2']]);
    assert.deepEqual(method('delete', fields, 'absent'), done);
  });

  test('names and values out of the grammar are refused, and nothing changes', () => {
    const fields = fieldsOf(['a', '1']);
    for (const name of ['', ' ', 'a b', 'a:', 'a\n', 'ä', '\u212a']) {
      assert.deepEqual(method('append', fields, name, bytes('x')), refused('invalid-syntax'), name);
      assert.deepEqual(method('set', fields, name, [bytes('x')]), refused('invalid-syntax'), name);
      assert.deepEqual(method('delete', fields, name), refused('invalid-syntax'), name);
      assert.deepEqual(call(names.list, [[name, bytes('x')]]), refused('invalid-syntax'), name);
    }
    for (const value of ['a\r\nx: y', '\n', '\0', '\x7f']) {
      assert.deepEqual(method('append', fields, 'b', bytes(value)), refused('invalid-syntax'));
      assert.deepEqual(method('set', fields, 'a', [bytes('fine'), bytes(value)]), refused('invalid-syntax'));
      assert.deepEqual(call(names.list, [['b', bytes(value)]]), refused('invalid-syntax'));
    }
    assert.deepEqual(entriesOf(fields), [['a', '1']]);
  });

  test('there is one content-length, and it is a number', () => {
    const fields = fieldsOf(['Content-Length', '5']);
    assert.deepEqual(method('append', fields, 'content-length', bytes('5')), refused('invalid-syntax'));
    assert.deepEqual(method('set', fields, 'content-length', [bytes('5'), bytes('5')]), refused('invalid-syntax'));
    for (const value of ['', '-1', '+1', '1.5', '1 ', '0x10', '1,1', '9'.repeat(16)]) {
      assert.deepEqual(method('set', fields, 'content-length', [bytes(value)]), refused('invalid-syntax'), value);
    }
    assert.deepEqual(method('set', fields, 'content-length', [bytes('6')]), done);
    assert.deepEqual(valuesOf(fields, 'content-length'), ['6']);
    assert.deepEqual(method('delete', fields, 'content-length'), done);
    assert.deepEqual(method('append', fields, 'content-length', bytes('7')), done);
  });

  test('what concerns the connection is forbidden', () => {
    const fields = fieldsOf(['a', '1']);
    for (const name of ['Connection', 'HOST', 'keep-alive', 'Transfer-Encoding', 'upgrade', 'proxy-authorization']) {
      assert.deepEqual(method('append', fields, name, bytes('x')), refused('forbidden'), name);
      assert.deepEqual(method('set', fields, name, [bytes('x')]), refused('forbidden'), name);
      assert.deepEqual(method('delete', fields, name), refused('forbidden'), name);
      assert.deepEqual(call(names.list, [[name, bytes('x')]]), refused('forbidden'), name);
    }
    assert.deepEqual(entriesOf(fields), [['a', '1']]);
  });

  test('immutable ones do not change; their clone does, on its own', () => {
    const fields = Fields.ofRequest(['a', '1']);
    assert.deepEqual(method('append', fields, 'a', bytes('2')), refused('immutable'));
    assert.deepEqual(method('set', fields, 'a', [bytes('2')]), refused('immutable'));
    assert.deepEqual(method('delete', fields, 'a'), refused('immutable'));
    const clone = method('clone', fields) as Fields;
    assert.deepEqual(method('append', clone, 'a', bytes('2')), done);
    assert.deepEqual(valuesOf(clone, 'a'), ['1', '2']);
    assert.deepEqual(valuesOf(fields, 'a'), ['1']);
  });

  test('all that a call builds of them is limited, dropped ones too', () => {
    const value = new Uint8Array(100_000).fill(0x61);
    const builders: [string, (call: (name: string, ...args: unknown[]) => unknown) => void][] = [
      ['append', (run) => run('[method]fields.append', new Fields(), 'x', value)],
      ['set', (run) => run('[method]fields.set', new Fields(), 'x', [value])],
      ['from-list', (run) => run(names.list, [['x', value]])],
      ['clone', (run) => run('[method]fields.clone', fieldsOf(['x', textOf(value)]))],
    ];
    for (const [name, build] of builders) {
      const world = newWorld();
      const calls = Math.floor(maxHeadBytes / (100_000 + 1 + 32));
      const run = (func: string, ...args: unknown[]): unknown => callHost(world, `wasi:http/types#${func}`, ...args);
      for (let i = 0; i < calls; i++) build(run);
      const reason = stopOf(world, () => build(run));
      assert.ok(reason.kind === 'fault' && reason.code === 'GUEST_OUTPUT_EXCEEDED', name);
    }
  });

  test('each counts with 32 bytes more, so that empty ones are limited as well', () => {
    const world = newWorld();
    const entries = Array.from({ length: Math.floor(maxHeadBytes / 33) + 1 }, () => ['x', new Uint8Array(0)]);
    stopOf(world, () => callHost(world, `wasi:http/types#${names.list}`, entries));
  });
});
