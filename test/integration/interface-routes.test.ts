/** WIT and TypeScript types of a component over the API, read by a real inspector process. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Fastify from 'fastify';
import type { FunctionVersion } from '../../contracts/function.ts';
import problems from '../../gateway/plugins/problems.ts';
import { interfaceRoutes } from '../../gateway/routes/interface.ts';
import type { ComponentDescription, DescriptionAnswer } from '../../inspector/wire.ts';
import { componentFromWat } from '../support/components.ts';
import { askInspector } from '../support/inspector.ts';
import { registerOpenAuth } from '../support/open-auth.ts';

/** Exports `greet: func(loud: bool) -> u32`. */
const component = `(component
  (core module $m (func (export "greet") (param i32) (result i32) (local.get 0)))
  (core instance $i (instantiate $m))
  (func (export "greet") (param "loud" bool) (result u32) (canon lift (core func $i "greet"))))`;

function version(name: string, kind: FunctionVersion['kind'], number: number): FunctionVersion {
  return {
    name,
    version: number,
    digest: kind,
    sizeBytes: 1,
    kind,
    entry: 'greet',
    exports: [],
    needs: [],
    config: {},
    limits: { timeoutMs: 1, memoryBytes: 1, concurrency: 1 },
    createdAt: '2026-01-01T00:00:00Z',
  };
}

const latest = new Map([
  ['greeter', version('greeter', 'component', 2)],
  ['fib', version('fib', 'core', 1)],
  ['cgi', version('cgi', 'command', 1)],
]);

const app = Fastify();

before(async () => {
  const bytes = await componentFromWat(component);
  const registry = {
    latest: async (name: string) => latest.get(name),
    version: async (name: string, number: number) => (latest.get(name)?.version === number ? latest.get(name) : undefined),
    moduleBytes: async (digest: string) => (digest === 'component' ? bytes : undefined),
  };
  const inspector = {
    describe: async (module: Uint8Array): Promise<ComponentDescription> => {
      const { answer, lastWords } = await askInspector<DescriptionAnswer>({ ask: 'describe' }, module, 60_000);
      assert.ok(answer?.ok, lastWords);
      return answer.description;
    },
  };
  await app.register(problems);
  await registerOpenAuth(app);
  await app.register(async (scope) => interfaceRoutes(scope, { registry, inspector }));
});
after(() => app.close());

test('a component shows its interface in WIT and in TypeScript, of the latest or of a version', async () => {
  for (const path of ['/api/functions/greeter', '/api/functions/greeter/versions/2']) {
    const wit = await app.inject(`${path}/wit`);
    assert.equal(wit.statusCode, 200);
    assert.match(wit.headers['content-type'] ?? '', /^text\/plain/);
    assert.match(wit.body, /export greet: func\(loud: bool\) -> u32;/);
    const types = await app.inject(`${path}/types.d.ts`);
    assert.equal(types.statusCode, 200);
    assert.match(types.body, /greet\(loud: boolean\): number/);
  }
});

test('a core module has no interface in WIT, and is told so', async () => {
  for (const name of ['fib', 'cgi']) {
    for (const file of ['wit', 'types.d.ts']) {
      const { statusCode, body } = await app.inject(`/api/functions/${name}/${file}`);
      assert.equal(statusCode, 404);
      assert.equal((JSON.parse(body) as { code: string }).code, 'INTERFACE_NOT_FOUND');
    }
  }
});

test('what is not there is told apart', async () => {
  const codes = { 'none/wit': 'FUNCTION_NOT_FOUND', 'greeter/versions/3/wit': 'VERSION_NOT_FOUND', 'Greeter/wit': 'INVALID_NAME' };
  for (const [path, code] of Object.entries(codes)) {
    const { body } = await app.inject(`/api/functions/${path}`);
    assert.equal((JSON.parse(body) as { code: string }).code, code);
  }
});
