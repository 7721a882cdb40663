/** How strings get from one component to another: which calls of realloc, and which bytes (CanonicalABI.md, store_string_into_range). */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { StringEncoding } from '../../../component/plan.ts';
import { instantiateWat } from '../../support/linked.ts';

const tag = 0x8000_0000;

/** A component that sends a string lying in its memory to another one, which notes the calls of its realloc: old, old size, align, size. */
function passing(from: StringEncoding, bytes: Buffer, length: number, to: StringEncoding): string {
  const data = [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
  return `(component
    (component $Callee
      (core module $M
        (memory (export "memory") 3)
        (global $calls (mut i32) (i32.const 0))
        (global $top (mut i32) (i32.const 65536))
        (func $realloc (export "realloc") (param i32 i32 i32 i32) (result i32) (local $log i32)
          (local.set $log (i32.add (i32.const 1024) (i32.mul (global.get $calls) (i32.const 16))))
          (i32.store (local.get $log) (local.get 0))
          (i32.store offset=4 (local.get $log) (local.get 1))
          (i32.store offset=8 (local.get $log) (local.get 2))
          (i32.store offset=12 (local.get $log) (local.get 3))
          (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
          ;; Always somewhere else, so that what is not copied is missed.
          (global.set $top (i32.add (global.get $top) (i32.const 4096)))
          (memory.copy (global.get $top) (local.get 0) (select (local.get 1) (local.get 3) (i32.lt_u (local.get 1) (local.get 3))))
          (global.get $top))
        (func (export "take") (param i32 i32)
          (i32.store (i32.const 0) (local.get 0))
          (i32.store (i32.const 4) (local.get 1)))
        (func (export "taken") (result i32)
          (i32.const 0))
        (func (export "log") (result i32)
          (i32.store (i32.const 16) (i32.const 1024))
          (i32.store (i32.const 20) (i32.mul (global.get $calls) (i32.const 4)))
          (i32.const 16)))
      (core instance $m (instantiate $M))
      (alias core export $m "memory" (core memory $memory))
      (func (export "take") (param "s" string)
        (canon lift (core func $m "take") string-encoding=${to} (memory $memory) (realloc (core func $m "realloc"))))
      (func (export "taken") (result (tuple u32 u32)) (canon lift (core func $m "taken") (memory $memory)))
      (func (export "text") (result string) (canon lift (core func $m "taken") string-encoding=${to} (memory $memory)))
      (func (export "log") (result (list u32)) (canon lift (core func $m "log") (memory $memory))))
    (component $Caller
      (import "take" (func $take (param "s" string)))
      (core module $Data (memory (export "memory") 1) (data (i32.const 8) "${data}"))
      (core instance $data (instantiate $Data))
      (core func $take' (canon lower (func $take) string-encoding=${from} (memory (core memory $data "memory"))))
      (core module $M
        (import "" "take" (func $take (param i32 i32)))
        (func (export "run") (call $take (i32.const 8) (i32.const ${length | 0}))))
      (core instance $m (instantiate $M (with "" (instance (export "take" (func $take'))))))
      (func (export "run") (canon lift (core func $m "run"))))
    (instance $callee (instantiate $Callee))
    (instance $caller (instantiate $Caller (with "take" (func $callee "take"))))
    (func (export "run") (alias export $caller "run"))
    (func (export "taken") (alias export $callee "taken"))
    (func (export "text") (alias export $callee "text"))
    (func (export "log") (alias export $callee "log")))`;
}

const first = 65_536 + 4096;
const second = first + 4096;

interface Case {
  readonly text: string;
  readonly from: StringEncoding;
  /** In latin1+utf16: which of both. */
  readonly wide?: boolean;
  readonly to: StringEncoding;
  /** Calls of realloc, and the length that arrives. */
  readonly calls: readonly (readonly [old: number, oldSize: number, align: number, size: number])[];
  readonly length: number;
}

const cases: readonly Case[] = [
  { text: 'aé☃', from: 'utf8', to: 'utf8', calls: [[0, 0, 1, 6]], length: 6 },
  { text: '', from: 'utf8', to: 'utf8', calls: [[0, 0, 1, 0]], length: 0 },
  { text: 'abc', from: 'utf16', to: 'utf8', calls: [[0, 0, 1, 3]], length: 3 },
  {
    text: 'aé☃',
    from: 'utf16',
    to: 'utf8',
    calls: [
      [0, 0, 1, 3],
      [first, 3, 1, 9],
      [second, 9, 1, 6],
    ],
    length: 6,
  },
  {
    text: '☃☃',
    from: 'utf16',
    to: 'utf8',
    calls: [
      [0, 0, 1, 2],
      [first, 2, 1, 6],
    ],
    length: 6,
  },
  {
    text: 'abé',
    from: 'latin1+utf16',
    to: 'utf8',
    calls: [
      [0, 0, 1, 3],
      [first, 3, 1, 6],
      [second, 6, 1, 4],
    ],
    length: 4,
  },
  {
    text: 'a☃',
    from: 'latin1+utf16',
    wide: true,
    to: 'utf8',
    calls: [
      [0, 0, 1, 2],
      [first, 2, 1, 6],
      [second, 6, 1, 4],
    ],
    length: 4,
  },
  { text: 'abc', from: 'utf8', to: 'utf16', calls: [[0, 0, 2, 6]], length: 3 },
  {
    text: 'aé☃',
    from: 'utf8',
    to: 'utf16',
    calls: [
      [0, 0, 2, 12],
      [first, 12, 2, 6],
    ],
    length: 3,
  },
  { text: 'aé☃😀', from: 'utf16', to: 'utf16', calls: [[0, 0, 2, 10]], length: 5 },
  { text: 'aé', from: 'latin1+utf16', to: 'utf16', calls: [[0, 0, 2, 4]], length: 2 },
  { text: 'a☃', from: 'latin1+utf16', wide: true, to: 'utf16', calls: [[0, 0, 2, 4]], length: 2 },
  { text: 'abc', from: 'utf8', to: 'latin1+utf16', calls: [[0, 0, 2, 3]], length: 3 },
  {
    text: 'abé',
    from: 'utf8',
    to: 'latin1+utf16',
    calls: [
      [0, 0, 2, 4],
      [first, 4, 2, 3],
    ],
    length: 3,
  },
  { text: 'abé', from: 'utf16', to: 'latin1+utf16', calls: [[0, 0, 2, 3]], length: 3 },
  {
    text: 'aé☃',
    from: 'utf8',
    to: 'latin1+utf16',
    calls: [
      [0, 0, 2, 6],
      [first, 6, 2, 12],
      [second, 12, 2, 6],
    ],
    length: tag + 3,
  },
  {
    text: 'aé☃',
    from: 'utf16',
    to: 'latin1+utf16',
    calls: [
      [0, 0, 2, 3],
      [first, 3, 2, 6],
    ],
    length: tag + 3,
  },
  { text: 'aé', from: 'latin1+utf16', to: 'latin1+utf16', calls: [[0, 0, 2, 2]], length: 2 },
  { text: 'a☃', from: 'latin1+utf16', wide: true, to: 'latin1+utf16', calls: [[0, 0, 2, 4]], length: tag + 2 },
];

for (const { text, from, wide = false, to, calls, length } of cases) {
  test(`moves ${JSON.stringify(text)} from ${from}${wide ? ' (wide)' : ''} to ${to}`, async () => {
    const encoding = from === 'utf8' ? 'utf8' : from === 'utf16' || wide ? 'utf16le' : 'latin1';
    const bytes = Buffer.from(text, encoding);
    const units = encoding === 'utf16le' ? bytes.length / 2 + (wide ? tag : 0) : bytes.length;
    const { instance } = await instantiateWat(passing(from, bytes, units, to));
    instance.call('run', []);
    const log = [...(instance.call('log', []) as Uint32Array)];
    assert.deepEqual(log, calls.flat());
    assert.deepEqual((instance.call('taken', []) as number[])[1], length);
    assert.equal(instance.call('text', []), text);
  });
}

test('a result is moved from the encoding of the one who returns it', async () => {
  const { instance } = await instantiateWat(`(component
    (component $Callee
      (core module $M (memory (export "memory") 1) (data (i32.const 0) "\\10\\00\\00\\00\\02\\00\\00\\00") (data (i32.const 16) "a\\00\\03\\26")
        (func (export "f") (result i32) (i32.const 0)))
      (core instance $m (instantiate $M))
      (func (export "f") (result string) (canon lift (core func $m "f") string-encoding=utf16 (memory (core memory $m "memory")))))
    (component $Caller
      (import "f" (func $f (result string)))
      (core module $L (memory (export "memory") 1) (global $calls (export "calls") (mut i32) (i32.const 0))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32)
          ;; The sizes asked for, as digits.
          (global.set $calls (i32.add (i32.mul (global.get $calls) (i32.const 10)) (local.get 3))) (i32.const 64)))
      (core instance $l (instantiate $L))
      (core func $f' (canon lower (func $f) string-encoding=utf8 (memory (core memory $l "memory")) (realloc (core func $l "realloc"))))
      (core module $M (import "" "f" (func $f (param i32))) (import "l" "calls" (global $calls (mut i32)))
        (func (export "run") (result i32) (call $f (i32.const 8)) (global.get $calls)))
      (core instance $m (instantiate $M (with "" (instance (export "f" (func $f')))) (with "l" (instance $l))))
      (func (export "run") (result u32) (canon lift (core func $m "run"))))
    (instance $callee (instantiate $Callee))
    (instance $caller (instantiate $Caller (with "f" (func $callee "f"))))
    (func (export "run") (alias export $caller "run")))`);
  // Two code units; at worst six bytes; four are enough.
  assert.equal(instance.call('run', []), 264);
});
