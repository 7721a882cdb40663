/** Components that are none by the specification: each row fails for its own reason, and says it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { componentFromWat } from '../../support/components.ts';
import { section } from '../../support/modules.ts';
import { core, memory, realloc, type Refusal, refusalOf, refusalOfBytes, refuses } from './refusal.ts';

const invalid: readonly Refusal[] = [
  [
    '1,001 parameters',
    /more than 1000 parameters/,
    `(type (func ${Array.from({ length: 1_001 }, (_, i) => `(param "p${i}" u8)`).join(' ')}))`,
  ],
  ['a label that is not kebab-case', /"aB" is not a kebab-case label/, '(type (record (field "aB" u32)))'],
  ['an export name that is none', /is no name of an export/, '(type $t u32) (export "a b" (type $t))'],
  ['a name twice in a record', /is there twice/, '(type (record (field "a" u32) (field "a" u32)))'],
  ['names of fields that are one in camelCase', /"a-1", or one too much like it/, '(type (record (field "a1" u32) (field "a-1" u32)))'],
  ['names of flags that differ in case alone', /"A", or one too much like it/, '(type (flags "a" "A"))'],
  ['an import twice', /is there twice/, '(import "a" (func)) (import "a" (func))'],
  ['an export twice', /is there twice/, '(import "a" (func $f)) (export "x" (func $f)) (export "x" (func $f))'],
  [
    'an argument twice',
    /the argument "a" is there twice/,
    '(import "f" (func $f)) (component $C) (instance (instantiate $C (with "a" (func $f)) (with "a" (func $f))))',
  ],
  ['33 flags', /more than 32 flags/, `(type (flags ${Array.from({ length: 33 }, (_, i) => `"f${i}"`).join(' ')}))`],
  ['a list of fixed length 0', /fixed length 0/, '(type (list u8 0))'],
  ['a record without fields', /without fields/, '(type (record))'],
  ['an index that is not there', /there is no type 7/, '(type (list 7))'],
  ['a function as a value type', /type 0 is not a value type/, '(type (func)) (type (list 0))'],
  ['a handle of something that is no resource', /type 0 is not a resource type/, '(type u32) (type (own 0))'],
  [
    'a borrowed handle in a result',
    /returns a borrowed handle/,
    '(type $r (resource (rep i32))) (type $l (list (borrow $r))) (type (func (result $l)))',
  ],
  [
    'a stream of borrowed handles',
    /a stream of borrowed handles/,
    '(type $r (resource (rep i32))) (type $b (borrow $r)) (type (stream $b))',
  ],
  ['a resource inside a type', /a resource defined inside a type/, '(type (instance (type (resource (rep i32)))))'],
  [
    'a resource out of an enclosing component',
    /of another component/,
    '(type $r (resource (rep i32))) (component $C (alias outer 1 $r (type $s))) (instance (instantiate $C))',
  ],
  [
    'a handle out of an enclosing component',
    /of another component/,
    '(type $r (resource (rep i32))) (type $l (list (own $r))) (component $C (alias outer 1 $l (type $s))) (instance (instantiate $C))',
  ],
  [
    'the representation of an imported resource',
    /the representation of a resource of another component/,
    '(import "r" (type $r (sub resource))) (core func (canon resource.rep $r))',
  ],
  [
    'the making of an imported resource',
    /the representation of a resource of another component/,
    '(import "r" (type $r (sub resource))) (core func (canon resource.new $r))',
  ],
  [
    'a destructor of another type',
    /a destructor of type \[\] -> \[\]/,
    `${core} (type (resource (rep i32) (dtor (core func $i "nothing"))))`,
  ],
  ['an outer alias of more scopes than there are', /more scopes than there are/, '(alias outer 5 0 (type))'],
  [
    'an alias of what an instance does not export',
    /an alias of "g"/,
    '(import "i" (instance $i (export "f" (func)))) (alias export $i "g" (func $g))',
  ],
  ['an alias of another sort', /an alias of "f"/, '(import "i" (instance $i (export "f" (func)))) (alias export $i "f" (type $g))'],
  ['an alias of what a core module does not export', /an alias of "nope"/, `${core} (alias core export $i "nope" (core func))`],
  ['an alias of another core sort', /an alias of "mem"/, `${core} (alias core export $i "mem" (core func))`],
  [
    'an import of a core module that it is not given',
    /not given the func "f" of "h"/,
    '(core module $M (import "h" "f" (func))) (core instance (instantiate $M))',
  ],
  [
    'an import of a core module given as another sort',
    /not given the func "mem" of "h"/,
    `${core} (core module $N (import "h" "mem" (func))) (core instance (instantiate $N (with "h" (instance $i))))`,
  ],
  [
    'an import of a core module given with another type',
    /imports "one" of "h" as a function of \[\] -> \[i64\], but given one of \[\] -> \[i32\]/,
    `${core} (core module $N (import "h" "one" (func (result i64)))) (core instance (instantiate $N (with "h" (instance $i))))`,
  ],
  [
    'a lowered function imported with another type',
    /as a function of \[f32\] -> \[\], but given one of \[i32\] -> \[\]/,
    `(import "f" (func $f (param "a" u32))) (core func $g (canon lower (func $f)))
     (core module $N (import "h" "g" (func (param f32)))) (core instance (instantiate $N (with "h" (instance (export "g" (func $g))))))`,
  ],
  [
    'a core argument twice',
    /a core argument is there twice/,
    `${core} (core module $N) (core instance (instantiate $N (with "h" (instance $i)) (with "h" (instance $i))))`,
  ],
  ['a core export twice', /exports "x" twice/, `${core} (core instance (export "x" (func $i "one")) (export "x" (func $i "one")))`],
  [
    'a nested component that is not given its import',
    /not given the func "f"/,
    '(component $C (import "f" (func))) (instance (instantiate $C))',
  ],
  [
    'a nested component that is given another sort',
    /not given the func "f"/,
    '(component $C (import "f" (func))) (import "i" (instance $i)) (instance (instantiate $C (with "f" (instance $i))))',
  ],
  [
    'an export of a sort that it is not',
    /the export "x" is no instance/,
    '(import "f" (func $f)) (type $t (instance)) (export "x" (func $f) (instance (type $t)))',
  ],
  [
    'a lift of a core function of another type',
    /a lifted core function of type \[\] -> \[\], which should be \[\] -> \[i32\]/,
    `${core} (func (result u32) (canon lift (core func $i "nothing")))`,
  ],
  [
    'a post-return function of another type',
    /a post-return function of type \[\] -> \[\]/,
    `${core} (func (result u32) (canon lift (core func $i "one") (post-return (core func $i "nothing"))))`,
  ],
  [
    'a realloc of another type',
    /a realloc of type/,
    `${core} (func (canon lift (core func $i "nothing") ${memory} (realloc (core func $i "one"))))`,
  ],
  ['a realloc without a memory', /a realloc without a memory/, `${core} (func (canon lift (core func $i "nothing") ${realloc}))`],
  [
    'a callback of a synchronous function',
    /a callback of a function that is not asynchronous/,
    `${core} (func (canon lift (core func $i "nothing") (callback (core func $i "one"))))`,
  ],
  [
    'a string result without a memory',
    /a lift without the memory it needs/,
    `${core} (func (result string) (canon lift (core func $i "one")))`,
  ],
  [
    'a string parameter without a realloc',
    /a lift without the realloc it needs/,
    `${core} (func (param "s" string) (canon lift (core func $i "take") ${memory}))`,
  ],
  [
    'a lower of a string without a memory',
    /a lower without the memory it needs/,
    '(import "f" (func $f (param "s" string))) (core func (canon lower (func $f)))',
  ],
  [
    'a lower of many results without a memory',
    /a lower without the memory it needs/,
    '(import "f" (func $f (result (tuple u8 u8)))) (core func (canon lower (func $f)))',
  ],
  [
    'a lower of a string result without a realloc',
    /a lower without the realloc it needs/,
    `${core} (import "f" (func $f (result string))) (core func (canon lower (func $f) ${memory}))`,
  ],
  ['an option twice', /a canonical option is there twice/, `${core} (func (canon lift (core func $i "nothing") ${memory} ${memory}))`],
  [
    'two string encodings',
    /a canonical option is there twice/,
    `${core} (func (canon lift (core func $i "nothing") string-encoding=utf8 string-encoding=utf16))`,
  ],
  [
    'a post-return function of a lower',
    /a post-return function of a lowered function/,
    `${core} (import "f" (func $f)) (core func (canon lower (func $f) (post-return (core func $i "nothing"))))`,
  ],
];

refuses('invalid', invalid);

test('an error says at which byte it arose', async () => {
  const error = await refusalOf('(type (record (field "aB" u32)))');
  const bytes = await componentFromWat('(component (type (record (field "aB" u32))))');
  assert.equal(error.offset, Buffer.from(bytes).indexOf('aB') - 1);
  assert.ok(error.message.endsWith(` at byte ${error.offset}`));
});

const preamble = [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0];

test('a core module that cannot be read is told by its place in the file', () => {
  const module = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0x3f, 0];
  const error = refusalOfBytes(Uint8Array.from([...preamble, ...section(1, module), ...section(2, [1, 0, 0, 0])]));
  assert.equal(error.message, 'an unknown section 63 at byte 18');
});

const binaries: readonly (readonly [what: string, message: string, bytes: readonly number[]])[] = [
  ['nothing at all', 'the bytes end too early at byte 0', []],
  ['a core module', 'a core module, or another layer, where a component belongs at byte 0', [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]],
  ['text', 'no WebAssembly magic number at byte 0', [...Buffer.from('(component)')]],
  ['an unknown section', 'an unknown section 13 at byte 8', [...preamble, 13, 1, 0]],
  ['a section longer than the file', '5 bytes are announced, 1 are left at byte 10', [...preamble, 7, 5, 0]],
  ['bytes behind the entries of a section', 'the section of types has 1 bytes too many at byte 11', [...preamble, 7, 2, 0, 0]],
  ['more entries than bytes', '9 types do not fit into 1 bytes at byte 10', [...preamble, 7, 2, 9, 0x7f]],
  ['a name that is not UTF-8', 'a name is not UTF-8 at byte 14', [...preamble, 7, 7, 1, 0x72, 1, 1, 0xff, 0x7f, 0]],
  ['an unknown value type', 'an unknown value type at byte 12', [...preamble, 7, 3, 1, 0x70, 0x60]],
  ['an import in the type of an instance', 'an import in the type of an instance at byte 13', [...preamble, 7, 4, 1, 0x42, 1, 3]],
  ['an unknown type', 'an unknown type at byte 11', [...preamble, 7, 2, 1, 0x3d]],
  ['an unknown canonical built-in', 'an unknown canonical built-in at byte 11', [...preamble, 8, 2, 1, 0x3f]],
  [
    'a part that is neither there nor absent',
    'an optional part is neither there nor absent at byte 12',
    [...preamble, 7, 4, 1, 0x6a, 2, 0],
  ],
  ['a case that refines another', 'a case that refines another at byte 16', [...preamble, 7, 7, 1, 0x71, 1, 1, 0x61, 0, 1]],
];

for (const [what, message, bytes] of binaries) {
  test(`refuses ${what}, by its place`, () => {
    const error = refusalOfBytes(Uint8Array.from(bytes));
    assert.deepEqual([error.kind, error.message], ['invalid', message]);
  });
}

test('another version of the format is unsupported, not invalid', () => {
  const error = refusalOfBytes(Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0e, 0, 1, 0]));
  assert.deepEqual([error.kind, error.message], ['unsupported', 'an unknown version of the component format at byte 4']);
});
