import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capMemories } from '../../wasm/cap.ts';
import { readModule } from '../../wasm/module.ts';
import { binary, fromWat, section } from '../support/modules.ts';

const caps = { maxPages: 300, maxTableElements: 1_000 };

test('shares the cap between several memories, so that together they cannot exceed it', async () => {
  const capped = readModule(capMemories(await fromWat('(module (memory 1) (memory 2 65536) (memory 3 4))'), caps));
  assert.deepEqual(
    capped.memories.map(({ limits }) => [limits.minimum, limits.maximum]),
    [
      [1, 99],
      [2, 100],
      [3, 4],
    ],
  );
});

test('lowers the maximum of tables, with and without initialiser', () => {
  const bytes = binary(
    section(1, [1, 0x60, 0, 0]),
    section(3, [1, 0]),
    section(4, [2, 0x40, 0, 0x70, 0, 5, 0xd2, 0, 0x0b, 0x6f, 1, 1, 0x80, 0x80, 4]),
    section(10, [1, 2, 0, 0x0b]),
  );
  const capped = capMemories(bytes, caps);
  assert.ok(WebAssembly.validate(bytes) && WebAssembly.validate(new Uint8Array(capped)));
  assert.deepEqual(
    readModule(capped).tables.map(({ elementType, limits }) => [elementType, limits.minimum, limits.maximum]),
    [
      ['funcref', 5, 1_000],
      ['externref', 1, 1_000],
    ],
  );
});

test('returns the same array when nothing is above its cap', async () => {
  const bytes = await fromWat('(module (memory 1 300) (table 0 1000 funcref) (func (export "f")))');
  assert.equal(capMemories(bytes, caps), bytes);
});

test('leaves every other byte as it was', async () => {
  const bytes = await fromWat(
    '(module (memory (export "m") 1) (table 1 funcref) (data (i32.const 0) "hello") (func (export "f") (param $n i32)))',
  );
  const capped = capMemories(bytes, caps);
  const others = (all: Uint8Array): Buffer =>
    Buffer.concat(
      readModule(all)
        .sections.filter(({ id }) => id !== 4 && id !== 5)
        .map(({ start, end }) => all.subarray(start, end)),
    );
  assert.notDeepEqual(capped, bytes);
  assert.deepEqual(others(capped), others(bytes));
});

test('keeps shared and 64-bit memories what they are', async () => {
  const capped = readModule(capMemories(await fromWat('(module (memory i64 1) (memory 1 9999 shared))'), caps)).memories;
  assert.deepEqual(
    capped.map(({ limits }) => [limits.is64, limits.shared, limits.maximum]),
    [
      [true, false, 150],
      [false, true, 150],
    ],
  );
});

test('refuses a minimum above the cap', async () => {
  await assert.rejects(
    async () => capMemories(await fromWat('(module (memory 301))'), caps),
    /a memory minimum of 301 is above the cap of 300/,
  );
  await assert.rejects(async () => capMemories(await fromWat('(module (table 1001 funcref))'), caps), /a table minimum of 1001/);
});

test('makes growth past the cap fail inside the guest', async () => {
  const bytes = await fromWat('(module (memory 1) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))');
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(capMemories(bytes, caps))));
  const grow = exports['grow'] as (pages: number) => number;
  assert.equal(grow(300), -1);
  assert.equal(grow(299), 1);
});
