import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe } from '../../inspector/describe.ts';
import { inspect } from '../../inspector/inspect.ts';
import { httpComponent, typesWit } from '../fixtures/components.ts';
import { componentFromWat, componentFromWit } from '../support/components.ts';
import { fromWat } from '../support/modules.ts';

const resources = `package local:demo@1.2.0;
interface store {
  resource bucket { constructor(name: string); get: func(key: string) -> option<list<u8>>; drop-all: static func(); }
  merge: func(a: borrow<bucket>, b: bucket) -> bucket;
}
world w { export store; }`;

test('writes WIT with the names of all types', async () => {
  const { wit } = await describe(await componentFromWit(typesWit, 'demo'));
  assert.equal(
    wit,
    `package root:component;

world root {
  export shout: func(text: string, times: u8) -> list<u8>;
  export local:demo/api@0.1.0;
  export local:demo/sums@0.1.0;
}

package local:demo@0.1.0 {
  interface api {
    record person {
      name: string,
      age: u32,
    }
    enum color {
      red,
      green,
    }
    variant shape {
      circle(f32),
      point,
      named(person),
    }
    flags perms {
      read,
      write-all,
    }
    type people = list<person>;
    type pair = tuple<s8, char>;
    greet: func(p: person) -> string;
    oldest: func(among: people, %list: bool) -> option<person>;
    paint: func(s: shape, c: color) -> result<shape, string>;
    check: func(p: perms, q: pair) -> result<_, color>;
    nothing: func();
  }
  interface sums {
    record person {
      name: string,
      age: u32,
    }
    sum: func(p: list<person>, f: f64) -> u64;
    bare: func() -> result;
  }
}
`,
  );
});

test('writes WIT that makes a component of the same types', async () => {
  for (const [source, world] of [
    [typesWit, 'demo'],
    [resources, 'w'],
  ] as const) {
    const { wit } = await describe(await componentFromWit(source, world));
    const again = await describe(await componentFromWit(wit, 'root'));
    assert.equal(again.wit, wit);
  }
});

test('writes resources with their members', async () => {
  const { wit } = await describe(await componentFromWit(resources, 'w'));
  assert.match(wit, /resource bucket \{\n {6}constructor\(name: string\);\n/);
  assert.match(wit, / get: func\(key: string\) -> option<list<u8>>;\n/);
  assert.match(wit, / drop-all: static func\(\);\n/);
  assert.match(wit, / merge: func\(a: borrow<bucket>, b: bucket\) -> bucket;\n/);
});

test('names the imports of WASI with their versions', async () => {
  const { wit } = await describe(await componentFromWat(httpComponent('0.2.4')));
  assert.equal(
    wit,
    'package root:component;\n\nworld root {\n  import wasi:http/types@0.2.4;\n  export wasi:http/incoming-handler@0.2.4;\n}\n',
  );
});

test('writes TypeScript declarations, one module per interface, that refer to each other', async () => {
  const { types } = await describe(await componentFromWit(typesWit, 'demo'));
  assert.deepEqual(
    Array.from(types.matchAll(/^declare module '(.*)' \{$/gm), ([, module]) => module),
    ['component', 'local:demo/api@0.1.0', 'local:demo/sums@0.1.0'],
  );
  assert.match(types, /shout\(text: string, times: number\): Uint8Array,/);
  assert.match(types, /export type Person = import\('local:demo\/api@0\.1\.0'\)\.Person;/);
  assert.doesNotMatch(types, /'\.\.?\//);
});

test('has no description for a core module', async () => {
  await assert.rejects(describe(await fromWat('(module)')), { code: 'MODULE_UNSUPPORTED', message: /a core module has no WIT/ });
});

test('describes the same component after it was inspected in the same process', async () => {
  const bytes = await componentFromWit(typesWit, 'demo');
  await inspect(bytes, { maxMemoryBytes: 2 ** 27 });
  assert.match((await describe(bytes)).wit, /^package root:component;/);
});
