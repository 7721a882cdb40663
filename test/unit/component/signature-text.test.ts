/** The text that a component's declared imports are compared by. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { flattenComponent } from '../../../component/flatten.ts';
import { functionText, importedFunctions } from '../../../component/signature-text.ts';
import type { FunctionType, ResourceType, ValueType } from '../../../component/types.ts';
import { componentFromWat, componentFromWit } from '../../support/components.ts';

function text(result: ValueType | undefined, ...params: readonly ValueType[]): string {
  return functionText({ kind: 'func', async: false, params: params.map((type, i) => ({ name: `p${i}`, type })), result });
}

const u8: ValueType = { kind: 'u8' };
const string: ValueType = { kind: 'string' };
const stream: ResourceType = { kind: 'resource', definedBy: -1, destructor: -1, host: { iface: 'wasi:io/streams', name: 'output-stream' } };
const guest: ResourceType = { kind: 'resource', definedBy: 0, destructor: -1, host: undefined };

const rows: readonly (readonly [text: string, type: ValueType])[] = [
  ['bool', { kind: 'bool' }],
  ['list<u8>', { kind: 'list', of: u8, length: undefined }],
  ['list<u8,4>', { kind: 'list', of: u8, length: 4 }],
  ['option<string>', { kind: 'option', of: string }],
  ['result<_,_>', { kind: 'result', ok: undefined, err: undefined }],
  ['result<u8,string>', { kind: 'result', ok: u8, err: string }],
  ['tuple<u8,string>', { kind: 'tuple', of: [u8, string] }],
  [
    'record{a:u8,b-c:string}',
    {
      kind: 'record',
      fields: [
        { name: 'a', type: u8 },
        { name: 'b-c', type: string },
      ],
    },
  ],
  [
    'variant{a,b(u8)}',
    {
      kind: 'variant',
      cases: [
        { name: 'a', type: undefined },
        { name: 'b', type: u8 },
      ],
    },
  ],
  ['enum{x,y}', { kind: 'enum', names: ['x', 'y'] }],
  ['flags{x,y}', { kind: 'flags', names: ['x', 'y'] }],
  ['own<wasi:io/streams.output-stream>', { kind: 'own', resource: stream }],
  ['borrow<wasi:io/streams.output-stream>', { kind: 'borrow', resource: stream }],
  ['own<guest>', { kind: 'own', resource: guest }],
  ['stream<_>', { kind: 'stream', of: undefined }],
  ['future<u8>', { kind: 'future', of: u8 }],
];

for (const [expected, type] of rows) {
  test(`writes ${expected}`, () => assert.equal(text(type), `()->${expected}`));
}

test('writes parameters by type alone, and nothing for no result', () => {
  assert.equal(text(undefined, string, u8), '(string,u8)->_');
  assert.equal(text(undefined), '()->_');
  const type: FunctionType = { kind: 'func', async: true, params: [], result: undefined };
  assert.equal(functionText(type), 'async ()->_');
});

test('a type whose text would be too long is an excess', () => {
  let type: ValueType = u8;
  for (let i = 0; i < 60; i++) type = { kind: 'tuple', of: [type, type] };
  assert.throws(() => text(type), { name: 'ComponentError', kind: 'excess' });
});

test('names every host function that core code can call: interface, version, name, text', async () => {
  const bytes = await componentFromWit(
    `package local:demo@1.2.3;
     interface store { resource bucket { constructor(name: string); get: func(key: string) -> result<list<u8>, error>; }
       variant error { missing, other(string) } }
     world w { import store; import now: func() -> u64; }`,
    'w',
  );
  const iface = 'local:demo/store';
  const version = '1.2.3';
  assert.deepEqual(
    [...importedFunctions(flattenComponent(bytes))].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    [
      { iface, version, name: '[constructor]bucket', text: '(string)->own<local:demo/store.bucket>' },
      {
        iface,
        version,
        name: '[method]bucket.get',
        text: '(borrow<local:demo/store.bucket>,string)->result<list<u8>,variant{missing,other(string)}>',
      },
      { iface: '', version: '', name: 'now', text: '()->u64' },
    ],
  );
});

test('a function within an imported instance keeps its whole path, so that it matches no interface', async () => {
  const bytes = await componentFromWat(`(component
    (import "wasi:io/poll@0.2.0" (instance $outer (export "inner" (instance (export "f" (func))))))
    (alias export $outer "inner" (instance $inner)) (core func (canon lower (func $inner "f"))))`);
  assert.deepEqual(
    [...importedFunctions(flattenComponent(bytes))],
    [{ iface: 'wasi:io/poll@0.2.0#inner', version: '', name: 'f', text: '()->_' }],
  );
});

test('an import that nothing calls is not named, one that is lowered twice is named once', async () => {
  const bytes = await componentFromWat(
    '(component (import "f" (func)) (import "g" (func $g)) (core func (canon lower (func $g))) (core func (canon lower (func $g))))',
  );
  assert.deepEqual(
    [...importedFunctions(flattenComponent(bytes))].map(({ name }) => name),
    ['g'],
  );
});
