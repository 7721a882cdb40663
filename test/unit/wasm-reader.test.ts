import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteReader, WasmFormatError } from '../../wasm/reader.ts';

const reader = (...bytes: number[]): ByteReader => new ByteReader(Uint8Array.from(bytes));

test('reads unsigned integers at the ends of their ranges', () => {
  assert.equal(reader(0).u32(), 0);
  assert.equal(reader(0xff, 0xff, 0xff, 0xff, 0x0f).u32(), 0xffff_ffff);
  assert.equal(reader(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01).u64(), 2 ** 63);
  assert.equal(reader(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f).u64(), Number.MAX_SAFE_INTEGER);
});

test('reads padded integers, as linkers write them', () => {
  assert.equal(reader(0x85, 0x80, 0x80, 0x80, 0x00).u32(), 5);
});

test('refuses integers of too many bits or bytes', () => {
  assert.throws(() => reader(0xff, 0xff, 0xff, 0xff, 0x10).u32(), WasmFormatError);
  assert.throws(() => reader(0x80, 0x80, 0x80, 0x80, 0x80, 0x00).u32(), WasmFormatError);
  assert.throws(() => reader(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02).u64(), WasmFormatError);
  assert.throws(() => reader(0x80, 0x80, 0x80, 0x80, 0x10).s33(), WasmFormatError);
  assert.throws(() => reader(0x80, 0x80, 0x80, 0x80, 0x60).s33(), WasmFormatError);
  assert.throws(() => reader(0x80, 0x80, 0x80, 0x80, 0x80, 0x00).skipLeb(32), WasmFormatError);
});

test('reads signed integers of 33 bits at the ends of their range', () => {
  assert.equal(reader(0x70).s33(), -16);
  assert.equal(reader(0x3f).s33(), 63);
  assert.equal(reader(0xff, 0xff, 0xff, 0xff, 0x0f).s33(), 2 ** 32 - 1);
  assert.equal(reader(0x80, 0x80, 0x80, 0x80, 0x70).s33(), -(2 ** 32));
  assert.equal(reader(0xff, 0xff, 0xff, 0xff, 0x7f).s33(), -1);
});

test('names where the bytes ended', () => {
  assert.throws(() => reader(0x80).u32(), { name: 'WasmFormatError', offset: 1, message: /at byte 1$/ });
});

test('does not read past the end of its range', () => {
  const bounded = new ByteReader(Uint8Array.of(1, 2, 3, 4), 1, 3);
  assert.equal(bounded.byte(), 2);
  assert.equal(bounded.peek(), 3);
  assert.throws(() => bounded.skip(2), WasmFormatError);
  assert.equal(bounded.byte(), 3);
  assert.equal(bounded.peek(), undefined);
  assert.throws(() => bounded.byte(), WasmFormatError);
});

test('refuses names that are not UTF-8 and keeps byte order marks', () => {
  assert.throws(() => reader(2, 0xc3, 0x28).name(), { offset: 1 });
  assert.throws(() => reader(5, 0x61).name(), WasmFormatError);
  assert.equal(reader(4, 0xef, 0xbb, 0xbf, 0x61).name(), '\ufeffa');
});

test('refuses a count that cannot fit into the bytes left', () => {
  assert.throws(() => reader(3, 0, 0).count('things', 10), /3 things do not fit into 2 bytes at byte 0/);
  assert.throws(() => reader(2, 0, 0).count('things', 10, 2), WasmFormatError);
  assert.throws(() => reader(3, 0, 0, 0).count('things', 2), /more than 2/);
});
