/** Real modules, changed at random and always the same way: the reader never fails otherwise than as documented, and agrees with V8. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { capMemories } from '../../wasm/cap.ts';
import { type CoreModule, functionType, readModule } from '../../wasm/module.ts';
import { readNames } from '../../wasm/names.ts';
import { WasmFormatError } from '../../wasm/reader.ts';
import { coreKillers } from '../fixtures/killers.ts';
import { fromWat } from '../support/modules.ts';

const mutations = 20_000;
const caps = { maxPages: 2_048, maxTableElements: 100_000 };
/** Larger ones would spend the time on bytes of code. */
const maxBytes = 4_096;

const texts = [
  `(module (import "env" "f" (func (param i32 i64) (result f64))) (import "env" "t" (table 1 5 funcref)) (import "env" "g" (global (mut f32)))
    (memory (export "m") 1 65536) (table (export "t") 2 funcref) (global (export "g") i32 (i32.const 1))
    (func $add (export "add") (param $a i32) (param $b i32) (result i32) (i32.add (local.get $a) (local.get $b)))
    (elem (i32.const 0) $add) (data (i32.const 8) "data"))`,
  '(module (memory 1) (memory 2 3) (memory i64 1) (memory 1 1 shared) (tag (export "e") (param i32)) (func (export "f")))',
];

let originals: Uint8Array<ArrayBuffer>[] = [];

before(async () => {
  const examples = globSync('examples/*/*.wasm', { cwd: new URL('../..', import.meta.url) }).toSorted();
  const built = [
    ...examples.map((path) => new Uint8Array(readFileSync(new URL(`../../${path}`, import.meta.url)))),
    ...(await Promise.all(texts.map(fromWat))),
    ...(await Promise.all(coreKillers.filter(({ fate }) => fate.publish === 'published').map(async (killer) => killer.build()))),
  ];
  originals = built.filter((bytes) => bytes.length <= maxBytes);
  assert.ok(originals.length > 10);
});

/** Park and Miller's generator; `below` is at most 2^31 - 1. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** Changes up to three bytes, sometimes cuts the end off or takes a byte out. */
function mutate(bytes: Uint8Array<ArrayBuffer>, random: (below: number) => number): Uint8Array<ArrayBuffer> {
  const changed = bytes.slice();
  for (let times = 1 + random(3); times > 0; times--) changed[8 + random(changed.length - 8)] = random(256);
  const at = 8 + random(changed.length - 8);
  const way = random(10);
  if (way === 0) return changed.slice(0, at);
  if (way === 1) return new Uint8Array([...changed.subarray(0, at), ...changed.subarray(at + 1)]);
  return changed;
}

/** @returns undefined when it throws a WasmFormatError; other errors go on */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof WasmFormatError) return undefined;
    throw error;
  }
}

/** What V8 says of the module, in its words; `type` members are beyond the standard. */
function assertAgreesWithV8(ours: CoreModule, bytes: Uint8Array<ArrayBuffer>): void {
  const theirs = new WebAssembly.Module(bytes);
  assert.deepEqual(
    ours.imports.map(({ module, name, type }) => [module, name, type.kind]),
    WebAssembly.Module.imports(theirs).map(({ module, name, kind }) => [module, name, kind]),
  );
  assert.deepEqual(
    ours.exports.map(({ name, kind }) => [name, kind]),
    WebAssembly.Module.exports(theirs).map(({ name, kind }) => [name, kind]),
  );
  for (const { kind, index } of ours.exports) if (kind === 'function') assert.ok(functionType(ours, index));
}

test('reads unchanged modules as V8 does', () => {
  for (const bytes of originals) {
    assertAgreesWithV8(readModule(bytes), bytes);
    assert.ok(WebAssembly.validate(new Uint8Array(capMemories(bytes, { maxPages: 65_536, maxTableElements: 10_000_000 }))));
  }
});

test(`${mutations} mutations: only WasmFormatError is thrown, valid ones are read as V8 reads them and stay valid when capped`, () => {
  const random = generator(20_261_122);
  let valid = 0;
  let slowestMs = 0;
  for (let i = 0; i < mutations; i++) {
    const bytes = mutate(originals[i % originals.length] ?? assert.fail(), random);
    const startMs = performance.now();
    const module = attempt(() => readModule(bytes));
    const names = module && readNames(module, new Map([[0, 2]]));
    const capped = attempt(() => capMemories(bytes, caps));
    slowestMs = Math.max(slowestMs, performance.now() - startMs);
    if (!WebAssembly.validate(bytes)) continue;
    valid++;
    assert.ok(module && names, `a valid module was refused: ${Buffer.from(bytes).toString('hex')}`);
    assertAgreesWithV8(module, bytes);
    const fits =
      module.memories.every(({ limits }) => limits.minimum <= caps.maxPages) &&
      module.tables.every(({ limits }) => limits.minimum <= caps.maxTableElements);
    assert.equal(capped !== undefined, fits);
    if (capped) {
      assert.ok(WebAssembly.validate(new Uint8Array(capped)), `no longer valid when capped: ${Buffer.from(bytes).toString('hex')}`);
      for (const { limits } of readModule(capped).memories) assert.ok((limits.maximum ?? Infinity) <= caps.maxPages);
      for (const { limits } of readModule(capped).tables) assert.ok((limits.maximum ?? Infinity) <= caps.maxTableElements);
    }
  }
  assert.ok(valid > 500, `only ${valid} mutations were valid: they test little`);
  assert.ok(slowestMs < 2_000, `one took ${slowestMs} ms`);
});
