/** Types that the decoder lets nobody pass: the compiler of types does not rely on it where names become properties. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { ValueType } from '../../../component/types.ts';
import { AbiCompiler } from '../../../executor/component/abi/compile.ts';

const u8: ValueType = { kind: 'u8' };

function record(...names: readonly string[]): ValueType {
  return { kind: 'record', fields: names.map((name) => ({ name, type: u8 })) };
}

for (const name of ['__proto__', '', 'a b', 'a.b', '1a', 'a--b', 'A-b$']) {
  test(`refuses a field named ${JSON.stringify(name)}`, () => {
    assert.throws(() => new AbiCompiler().compile(record('a', name)), {
      name: 'ComponentError',
      message: /is not a name of a field or flag/,
    });
    assert.throws(() => new AbiCompiler().compile({ kind: 'flags', names: [name] }), { name: 'ComponentError' });
  });
}
for (const names of [
  ['a', 'a'],
  ['a-b', 'A-B'],
  ['a1', 'a-1'],
]) {
  test(`refuses fields named ${names.join(' and ')}, which would be one property`, () => {
    assert.throws(() => new AbiCompiler().compile(record(...names)), {
      name: 'ComponentError',
      message: 'two fields or flags have the same name',
    });
  });
}
test('refuses streams and futures', () => {
  assert.throws(() => new AbiCompiler().compile({ kind: 'stream', of: u8 }), { name: 'ComponentError', kind: 'unsupported' });
  assert.throws(() => new AbiCompiler().compile({ kind: 'future', of: undefined }), { name: 'ComponentError', kind: 'unsupported' });
});
test('compiles a type once', () => {
  const abis = new AbiCompiler();
  const type = record('a');
  assert.equal(abis.compile(type), abis.compile(type));
});
