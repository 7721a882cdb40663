/** Small files that stand for very much: refused after a bounded number of steps, the same number on every machine. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { flattenComponent } from '../../../component/flatten.ts';
import { coreModuleRanges } from '../../../component/modules.ts';
import { rewriteCoreModules } from '../../../component/rewrite.ts';
import { componentFromWat } from '../../support/components.ts';
import { leb, repeat, section } from '../../support/modules.ts';
import { refusalOf, refusalOfBytes } from './refusal.ts';

function many(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join('\n');
}

const bombs: readonly (readonly [what: string, message: RegExp, wat: string])[] = [
  [
    'instance types that double',
    /too complex/,
    `(type $t0 (instance (export "r" (type (sub resource)))))
     ${many(24, (i) => `(type $t${i + 1} (instance (alias outer 1 $t${i} (type $a)) (export "a" (instance (type $a))) (export "b" (instance (type $a)))))`)}
     (import "x" (instance (type $t24)))`,
  ],
  [
    'components that double',
    /too complex|more than \d+ instances/,
    `(component $c0)
     ${many(30, (i) => `(component $c${i + 1} (alias outer 1 $c${i} (component $x)) (instance (instantiate $x)) (instance (instantiate $x)))`)}
     (instance (instantiate $c30))`,
  ],
  [
    'tuples that double',
    /a type of more than \d+ parts/,
    `(type $t0 (tuple u8 u8)) ${many(60, (i) => `(type $t${i + 1} (tuple $t${i} $t${i}))`)}`,
  ],
  ['a fixed-length list of fixed-length lists', /a type of more than \d+ parts/, '(type $a (list u8 200)) (type (list $a 200))'],
  ['a fixed-length list of 2^32 - 1', /a type of more than \d+ parts/, '(type (list u8 4294967295))'],
  ['lists 20,000 deep', /a type of more than \d+ levels/, `(type $t0 (list u8)) ${many(20_000, (i) => `(type $t${i + 1} (list $t${i}))`)}`],
  ['1,100 instances', /more than \d+ instances/, `(component $C) ${many(1_100, () => '(instance (instantiate $C))')}`],
  ['1,100 core instances', /more than \d+ instances/, `(core module $M) ${many(1_100, () => '(core instance (instantiate $M))')}`],
  [
    'a module of many imports instantiated many times',
    /too complex/,
    `(core module $Memory (memory (export "m") 1)) (core instance $m (instantiate $Memory))
     (core module $M ${many(2_000, () => '(import "" "m" (memory 1))')})
     ${many(200, () => '(core instance (instantiate $M (with "" (instance $m))))')}`,
  ],
  [
    'a component with a long vector instantiated many times',
    /too complex/,
    `(component $C ${many(2_000, () => '(type u8)')}) ${many(200, () => '(instance (instantiate $C))')}`,
  ],
  [
    'a component with a long name instantiated many times',
    /too complex/,
    `(component $C (type $t u8) (export "${'a'.repeat(200_000)}" (type $t))) ${many(100, () => '(instance (instantiate $C))')}`,
  ],
];

for (const [what, message, wat] of bombs) {
  test(`refuses as excess: ${what}`, async () => {
    const error = await refusalOf(wat);
    assert.match(error.message, message);
    assert.equal(error.kind, 'excess');
  });
}

test('instances made by hand that double are not walked', async () => {
  const wat = many(60, (i) => `(instance $i${i + 1} (export "a" (instance $i${i})) (export "b" (instance $i${i})))`);
  const plan = flattenComponent(await componentFromWat(`(component (instance $i0) ${wat} (export "x" (instance $i60)))`));
  assert.deepEqual([...plan.exports.keys()], ['x']);
});

const preamble = [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0];

test('refuses a count of core types that no bytes stand behind, or passes over it, but does not count to it', () => {
  const bytes = Uint8Array.from([...preamble, ...section(3, leb(4_294_967_295))]);
  assert.deepEqual(flattenComponent(bytes).steps, []);
});

test('refuses hundreds of thousands of empty sections, in every reader', () => {
  const bytes = Uint8Array.from([...preamble, ...repeat([0, 0], 300_000)]);
  assert.equal(refusalOfBytes(bytes).kind, 'excess');
  for (const read of [(): unknown => coreModuleRanges(bytes), (): unknown => rewriteCoreModules(bytes, (module) => module)]) {
    assert.throws(read, { name: 'ComponentError', kind: 'excess' });
  }
});

test('refuses more core modules than validators allow', () => {
  const bytes = Uint8Array.from([...preamble, ...repeat([1, 0], 1_001)]);
  assert.throws(() => coreModuleRanges(bytes), { name: 'ComponentError', kind: 'excess' });
});

/** Components within components, the innermost empty; each instantiates the one in it. */
function nested(levels: number): Uint8Array {
  let bytes = Uint8Array.from(preamble);
  for (let i = 0; i < levels; i++) bytes = Uint8Array.from([...preamble, ...section(4, bytes), ...section(5, [1, 0, 0, 0])]);
  return bytes;
}

test('refuses a component of many empty sections instantiated many times', () => {
  const inner = [...preamble, ...repeat([0, 0], 2_000)];
  const bytes = Uint8Array.from([...preamble, ...section(4, inner), ...section(5, leb(200), repeat([0, 0, 0], 200))]);
  assert.equal(refusalOfBytes(bytes).kind, 'excess');
});

test('components are nested 90 deep, but not 200', () => {
  assert.equal(flattenComponent(nested(90)).instances.length, 91);
  assert.deepEqual(coreModuleRanges(nested(90)), []);
  const bytes = nested(200);
  for (const read of [
    (): unknown => flattenComponent(bytes),
    (): unknown => coreModuleRanges(bytes),
    (): unknown => rewriteCoreModules(bytes, (module) => module),
  ]) {
    assert.throws(read, { name: 'ComponentError', kind: 'excess' });
  }
});

test('instance types are nested 90 deep, but not 200', () => {
  const types = (levels: number): Uint8Array => Uint8Array.from([...preamble, ...section(7, [1], repeat([0x42, 1, 1], levels), [0x42, 0])]);
  assert.deepEqual(flattenComponent(types(90)).instances, [{ parent: -1 }]);
  assert.equal(refusalOfBytes(types(200)).kind, 'excess');
});

test('a vector of more entries than any component needs is refused', () => {
  const bytes = Uint8Array.from([...preamble, ...section(7, leb(100_001), repeat([0x7f], 100_001))]);
  assert.equal(refusalOfBytes(bytes).kind, 'excess');
});
