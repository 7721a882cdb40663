/** A guest that lies about what is in its memory: addresses, lengths, alignment, contents. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { faultOf, instantiateWat } from '../../support/linked.ts';

/** Exports `f` with a result in memory at an address of the guest's choice, in one page that starts with these bytes. */
function returning(type: string, address: number, data: string, encoding = 'utf8', post = ''): string {
  return `(component
    (core module $M
      (memory (export "memory") 1)
      (data (i32.const 0) "${data}")
      (func (export "f") (result i32) (i32.const ${address | 0}))
      (func (export "post") (param i32) ${post}))
    (core instance $m (instantiate $M))
    (type $e' (enum "a" "b")) (export $e "e" (type $e'))
    (type $v' (variant (case "a" u64) (case "b"))) (export $v "v" (type $v'))
    (func (export "f") (result ${type})
      (canon lift (core func $m "f") string-encoding=${encoding} (memory (core memory $m "memory")) (post-return (core func $m "post")))))`;
}

/** Two little-endian words, as bytes of a WAT string. */
function words(...values: number[]): string {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, i * 4);
  return [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
}

async function fault(type: string, address: number, data: string, encoding?: string): Promise<string> {
  return faultOf(await instantiateWat(returning(type, address, data, encoding)), 'f');
}

async function result(type: string, address: number, data: string, encoding?: string): Promise<unknown> {
  const { instance } = await instantiateWat(returning(type, address, data, encoding));
  return instance.call('f', []);
}

const page = 65_536;

test('stops a result that lies at no multiple of its alignment', async () => {
  assert.match(await fault('(tuple u32 u32)', 2, ''), /unaligned pointer: 2 is no multiple of 4/);
});
test('takes a result in the last bytes of the memory', async () => {
  assert.deepEqual(await result('(tuple u32 u32)', page - 8, ''), [0, 0]);
});
test('stops a result that reaches beyond the memory', async () => {
  assert.match(await fault('(tuple u32 u32)', page - 4, ''), /out of bounds: 8 bytes at 65532 of 65536/);
});
test('stops an address near 2^32, which does not wrap', async () => {
  assert.match(await fault('(tuple u32 u32)', 0xffff_fffc, ''), /out of bounds: 8 bytes at 4294967292/);
});
test('stops a string whose end would wrap', async () => {
  assert.match(await fault('string', 0, words(0xffff_fff0, 0x20)), /out of bounds: 32 bytes at 4294967280/);
});
test('stops an empty string outside of the memory', async () => {
  assert.match(await fault('string', 0, words(page + 1, 0)), /out of bounds/);
});
test('takes an empty string at the very end of the memory', async () => {
  assert.equal(await result('string', 0, words(page, 0)), '');
});
test('stops a string of 2^32 - 1 bytes', async () => {
  assert.match(await fault('string', 0, words(8, 0xffff_ffff)), /a string of 4294967295 bytes is too long/);
});
test('stops a string of 2^32 - 1 UTF-16 code units', async () => {
  assert.match(await fault('string', 0, words(8, 0xffff_ffff), 'utf16'), /a string of 8589934590 bytes is too long/);
});
test('stops a tagged string of 2^31 - 1 code units', async () => {
  assert.match(await fault('string', 0, words(8, 0xffff_ffff), 'latin1+utf16'), /a string of 4294967294 bytes is too long/);
});
test('stops a UTF-16 string at an odd address', async () => {
  assert.match(await fault('string', 0, words(9, 1), 'utf16'), /unaligned pointer: 9/);
});
test('stops a Latin-1 string at an odd address', async () => {
  assert.match(await fault('string', 0, words(9, 1), 'latin1+utf16'), /unaligned pointer: 9/);
});
for (const [what, bytes] of [
  ['a byte that never occurs', '\\ff'],
  ['a sequence that is cut off', '\\c3'],
  ['an overlong form', '\\c0\\80'],
  ['half a surrogate pair', '\\ed\\a0\\80'],
  ['a code point beyond the last', '\\f4\\90\\80\\80'],
] as const) {
  test(`stops UTF-8 with ${what}`, async () => {
    assert.match(await fault('string', 0, words(8, bytes.length / 3) + bytes), /invalid UTF-8/);
  });
}
test('stops UTF-16 with half a surrogate pair', async () => {
  assert.match(await fault('string', 0, `${words(8, 1)}\\00\\d8`, 'utf16'), /invalid UTF-16/);
});
test('keeps a byte order mark, and bytes that are no text in Latin-1', async () => {
  assert.equal(await result('string', 0, `${words(8, 3)}\\ef\\bb\\bf`), '\uFEFF');
  assert.equal(await result('string', 0, `${words(8, 2)}\\80\\ff`, 'latin1+utf16'), '\u0080ÿ');
});
test('stops a list whose bytes are more than a list may have, counted without wrapping', async () => {
  assert.match(await fault('(list u64)', 0, words(8, 0x2000_0001)), /a list of 4294967304 bytes is too long/);
  assert.match(await fault('(list string)', 0, words(8, 0x2000_0001)), /a list of 4294967304 bytes is too long/);
});
test('stops a list that reaches beyond the memory', async () => {
  assert.match(await fault('(list u64)', 0, words(page - 8, 2)), /out of bounds: 16 bytes at 65528/);
  assert.match(await fault('(list string)', 0, words(page - 8, 2)), /out of bounds: 16 bytes at 65528/);
});
test('stops a list of misaligned elements', async () => {
  assert.match(await fault('(list u32)', 0, words(10, 1)), /unaligned pointer: 10/);
  assert.match(await fault('(list (tuple u8 u64))', 0, words(12, 0)), /unaligned pointer: 12/);
});
test('stops a char that is a surrogate or beyond Unicode', async () => {
  assert.match(await fault('(tuple char char)', 0, words(97, 0xd800)), /invalid char: 0xd800/);
  assert.match(await fault('(tuple char char)', 0, words(0x11_0000, 97)), /invalid char: 0x110000/);
  assert.match(await fault('(tuple char char)', 0, words(0xffff_ffff, 97)), /invalid char: 0xffffffff/);
});
test('stops a discriminant without a case', async () => {
  assert.match(await fault('$v', 0, '\\02'), /invalid discriminant 2: there are 2 cases/);
  assert.match(await fault('(tuple $e u32)', 0, '\\ff'), /invalid discriminant 255/);
  assert.match(await fault('(option u64)', 0, '\\02'), /invalid discriminant 2/);
});
test('stops a flat discriminant without a case', async () => {
  assert.match(await fault('$e', 2, ''), /invalid discriminant 2/);
  assert.match(await fault('$e', -1, ''), /invalid discriminant 4294967295/);
});
test('takes any byte but 0 for true, and flags beyond the last for nothing', async () => {
  assert.deepEqual(await result('(tuple bool bool)', 0, '\\02\\00'), [true, false]);
});

/** Exports `f` with one parameter, allocated by a realloc that answers with `address`. */
function taking(type: string, address: number): string {
  return `(component
    (core module $M
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const ${address | 0}))
      (func (export "f") (param i32 i32)))
    (core instance $m (instantiate $M))
    (func (export "f") (param "x" ${type})
      (canon lift (core func $m "f") (memory (core memory $m "memory")) (realloc (core func $m "realloc")))))`;
}

test('stops a realloc that answers with an address outside of the memory', async () => {
  assert.match(faultOf(await instantiateWat(taking('string', page - 2)), 'f', 'abc'), /out of bounds: 3 bytes at 65534/);
  assert.match(faultOf(await instantiateWat(taking('string', -1)), 'f', 'abc'), /out of bounds: 3 bytes at 4294967295/);
  assert.match(faultOf(await instantiateWat(taking('string', -1)), 'f', ''), /out of bounds: 0 bytes at 4294967295/);
});
test('stops a realloc that answers with a misaligned address', async () => {
  assert.match(faultOf(await instantiateWat(taking('(list u32)', 6)), 'f', Uint32Array.of(1)), /unaligned pointer: 6/);
});
test('writes nothing when the last byte would be outside', async () => {
  const linked = await instantiateWat(taking('(list u8)', page - 8));
  assert.match(faultOf(linked, 'f', new Uint8Array(9)), /out of bounds/);
});
test('stops a lowered function whose result pointer is outside of the memory', async () => {
  const wat = (address: number): string => `(component
    (import "test:a/b" (instance $i (export "g" (func (result string)))))
    (core module $L (memory (export "memory") 1) (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8)))
    (core instance $l (instantiate $L))
    (core func $g (canon lower (func $i "g") (memory (core memory $l "memory")) (realloc (core func $l "realloc"))))
    (core module $M (import "" "g" (func $g (param i32))) (func (export "f") (call $g (i32.const ${address}))))
    (core instance $m (instantiate $M (with "" (instance (export "g" (func $g))))))
    (func (export "f") (canon lift (core func $m "f"))))`;
  const functions = { 'test:a/b': { g: () => 'x' } };
  assert.match(faultOf(await instantiateWat(wat(page - 4), functions), 'f'), /out of bounds: 8 bytes at 65532/);
  assert.match(faultOf(await instantiateWat(wat(2), functions), 'f'), /unaligned pointer: 2/);
});
test('sees memory that grew while a value was lowered', async () => {
  const { instance } = await instantiateWat(`(component
    (core module $M
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (i32.mul (memory.grow (i32.const 1)) (i32.const 65536)))
      (func (export "f") (param i32 i32) (result i32)
        (i32.store (i32.const 0) (i32.load (local.get 0)))
        (i32.store (i32.const 4) (i32.load offset=4 (local.get 0)))
        (i32.const 0)))
    (core instance $m (instantiate $M))
    (func (export "f") (param "x" (list string)) (result string)
      (canon lift (core func $m "f") (memory (core memory $m "memory")) (realloc (core func $m "realloc")))))`);
  assert.equal(instance.call('f', [['first', 'second']]), 'first');
});
