/** Components that are valid, but ask for more than is run here. */
import test from 'node:test';
import { flattenComponent } from '../../../component/flatten.ts';
import { componentFromWat } from '../../support/components.ts';
import { core, memory, type Refusal, refuses } from './refusal.ts';

const unsupported: readonly Refusal[] = [
  [
    'an export lifted asynchronously with a synchronous type',
    /the export "f" is asynchronous/,
    `${core} (func (export "f") (canon lift (core func $i "one") async (callback (core func $i "one"))))`,
  ],
  [
    'a 64-bit memory that a module passes on',
    /a 64-bit memory/,
    `${core} (core module $N (import "i" "mem64" (memory $m i64 1)) (memory $o 1) (export "m" (memory $m)) (export "o" (memory $o)))
    (core instance $n (instantiate $N (with "i" (instance $i)))) (func (result string) (canon lift (core func $i "one") (memory (core memory $n "m"))))`,
  ],
  ['an imported component', /the import of "c", a component/, '(import "c" (component))'],
  ['an imported core module', /the import of "m", a core module/, '(core type $t (module)) (import "m" (core module (type $t)))'],
  ['a start section', /a start section/, `${core} (func $f (canon lift (core func $i "nothing"))) (start $f)`],
  ['a value import', /a value/, '(import "v" (value u32))'],
  [
    'an import that is asynchronous and called',
    /the import "f" of "a:b\/c@1.0.0" is asynchronous/,
    '(import "a:b/c@1.0.0" (instance $h (export "f" (func async)))) (core func (canon lower (func $h "f")))',
  ],
  [
    'an import with a stream that is called',
    /the import "f" has a stream/,
    `${core} (type $s (stream u8)) (import "f" (func $f (param "s" $s))) (core func (canon lower (func $f)))`,
  ],
  [
    'an asynchronous call',
    /an asynchronous call of "f"/,
    `${core} (import "f" (func $f)) (core func (canon lower (func $f) async ${memory}))`,
  ],
  [
    'an export of an asynchronous type',
    /the export "f" is asynchronous/,
    `${core} (func (export "f") async (canon lift (core func $i "nothing")))`,
  ],
  [
    'an export lifted asynchronously',
    /the export "f" is asynchronous/,
    `${core} (func (export "f") async (canon lift (core func $i "one") async (callback (core func $i "one"))))`,
  ],
  [
    'an export with a future',
    /the export "a:b\/c#f" has a future/,
    `${core} (type $t (future)) (func $f (result $t) (canon lift (core func $i "one"))) (instance $x (export "f" (func $f))) (export "a:b/c" (instance $x))`,
  ],
  ['an error-context', /error-context/, '(type (list error-context))'],
  [
    'a 64-bit memory',
    /a 64-bit memory/,
    `${core} (func (result string) (canon lift (core func $i "one") (memory (core memory $i "mem64"))))`,
  ],
  [
    'a shared memory',
    /a shared memory/,
    `${core} (func (result string) (canon lift (core func $i "one") (memory (core memory $i "shared"))))`,
  ],
  ['core types in types', /core types inside types/, '(type (instance (core type (func))))'],
];

refuses('unsupported', unsupported);

test('an asynchronous import that nothing calls is no reason to refuse', async () => {
  flattenComponent(
    await componentFromWat('(component (import "f" (func async)) (type $s (stream u8)) (import "g" (func (param "s" $s))))'),
  );
});
