/** Which instance a call gets, and which ones are kept for the next. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCall } from '../../contracts/call.ts';
import { Instances } from '../../executor/instances.ts';
import { coreRunner } from '../../executor/kinds/core.ts';
import type { RunnerInstance } from '../../executor/kinds/kind.ts';
import { deriveModule } from '../../worker/artifacts/derive.ts';
import { fromWat } from '../support/modules.ts';

/** @param made counts the instantiations */
async function instancesOf(text: string, made = { count: 0 }): Promise<Instances> {
  const { bytes, ...derived } = deriveModule(await fromWat(text), 'core', 1_000);
  const compiled = coreRunner.compile(bytes, { ...derived, memoryBytes: 65_536_000, args: [], env: [], assets: undefined });
  const instantiate = (): RunnerInstance => {
    made.count++;
    return compiled.instantiate();
  };
  return new Instances({ instantiate });
}

/** @returns how the instance was had */
function call(instances: Instances): string {
  const { instance, start } = instances.take();
  instance.call(encodeCall('f', [], []));
  instances.giveBack(instance);
  return start;
}

const quiet = (pages: number): string => `(module (memory ${pages}) (func (export "f")))`;

test('what answered is put back for the next call, also while others are called, unless its memory is large', async () => {
  for (const [pages, then] of [
    [64, 'reset'],
    [65, 'fresh'],
  ] as const) {
    const instances = await instancesOf(quiet(pages));
    assert.deepEqual([call(instances), call(instances), call(instances)], ['fresh', then, then]);
    instances.unprepare();
    assert.equal(call(instances), then, `${pages} pages`);
  }
});

test('what cannot be put back is made ahead, and let go when others are called', async () => {
  const made = { count: 0 };
  const instances = await instancesOf('(module (memory 1) (func (export "f") (drop (memory.grow (i32.const 1)))))', made);
  assert.equal(call(instances), 'fresh');
  instances.prepare();
  instances.prepare();
  assert.equal(made.count, 2);
  assert.equal(call(instances), 'fresh');
  assert.equal(made.count, 2);
  instances.prepare();
  instances.unprepare();
  call(instances);
  assert.equal(made.count, 4);
});

test('an instance that has not been given back is not had again, and one that was only once', async () => {
  const instances = await instancesOf(quiet(1));
  const first = instances.take().instance;
  assert.notEqual(instances.take().instance, first);
  instances.giveBack(first);
  assert.equal(instances.take().instance, first);
  assert.notEqual(instances.take().instance, first);
});

test('nothing of a guest runs ahead whose start takes long', async () => {
  const made = { count: 0 };
  // Some 10 ms; what takes longer than 0.5 ms is long.
  const loop = '(loop $l (br_if $l (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 20000000))))';
  const instances = await instancesOf(
    `(module (memory 1) (func $long (local $n i32) ${loop}) (start $long) (func (export "f") (drop (memory.grow (i32.const 1)))))`,
    made,
  );
  call(instances);
  instances.prepare();
  assert.equal(made.count, 1);
});
