/** A small module of every kind, changed at random and always the same way: the inspection ends in an answer or in a refusal, never otherwise. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { BantamError } from '../../contracts/errors.ts';
import { type ModuleKind, moduleKinds } from '../../contracts/kinds.ts';
import { inspect } from '../../inspector/inspect.ts';
import { commandComponent, httpComponent, numbersComponent, typesWit } from '../fixtures/components.ts';
import { componentFromWat, componentFromWit } from '../support/components.ts';
import { fromWat } from '../support/modules.ts';
import { mutate } from '../support/mutate.ts';
import { seededRandom } from '../support/random.ts';

const wasi = '(import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32))) (memory (export "memory") 1 4)';
const modules: Partial<Record<ModuleKind, string>> = {
  core: '(module (import "env" "abort" (func (param i32 i32 i32 i32))) (table 2 funcref) (func (export "f") (param $a i32) (result i64) (i64.const 1)))',
  reactor: `(module ${wasi} (func (export "_initialize")) (func (export "f") (param f32 f64) (result f64) (local.get 1)))`,
  command: `(module ${wasi} (global (mut i32) (i32.const 0)) (func (export "_start") nop) (data (i32.const 8) "data"))`,
};
/** More of the cheap ones: a component is judged by jco. */
const mutations = { module: 3_000, component: 150 } as const;
/** Words of refusals that say something is wrong with us. */
const ours = /undefined|\[object|is not a function|Cannot read/;

const seeds: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer>; readonly times: number }[] = [];

before(async () => {
  for (const [name, text] of Object.entries(modules)) seeds.push({ name, bytes: await fromWat(text), times: mutations.module });
  const components = [
    ['component', await componentFromWat(numbersComponent)],
    ['component of every type', await componentFromWit(typesWit, 'demo')],
    ['component-http', await componentFromWat(httpComponent('0.2.4'))],
    ['component-command', await componentFromWat(commandComponent('0.2.4'))],
  ] as const;
  for (const [name, bytes] of components) seeds.push({ name, bytes, times: mutations.component });
});

test('there is a seed of every kind', async () => {
  const kinds = await Promise.all(seeds.map(async ({ bytes }) => (await inspect(bytes, { maxMemoryBytes: 2 ** 27 })).kind));
  assert.deepEqual(new Set(kinds), new Set(moduleKinds));
});

test('only refusals with a code escape, and what is taken is valid', async () => {
  const random = seededRandom(20_261_122);
  for (const { name, bytes, times } of seeds) {
    const outcomes = { taken: 0, refused: 0 };
    for (let i = 0; i < times; i++) {
      const mutant = mutate(bytes, random);
      try {
        const { kind } = await inspect(mutant, { maxMemoryBytes: 2 ** 27 });
        if (!kind.startsWith('component')) assert.ok(WebAssembly.validate(mutant));
        outcomes.taken++;
      } catch (error) {
        assert.ok(error instanceof BantamError, `${name}: ${String(error)} for ${Buffer.from(mutant).toString('hex')}`);
        assert.equal(error.row.status, 422);
        assert.doesNotMatch(error.message, ours);
        outcomes.refused++;
      }
    }
    assert.ok(outcomes.taken > times / 50 && outcomes.refused > times / 10, `${name}: ${JSON.stringify(outcomes)}`);
  }
});
