/** Components as compilers make them, on our own WASI host: the committed modules of examples/. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { flattenComponent } from '../../../component/flatten.ts';
import type { ComponentPlan } from '../../../component/plan.ts';
import type { GuestRequest } from '../../../contracts/request.ts';
import { exportNamed } from '../../../executor/component/export-named.ts';
import { linkComponent, type LinkedComponent } from '../../../executor/component/linker.ts';
import { beginExchange, readAnswer } from '../../../executor/host/wasi/http-exchange.ts';
import { wasiHost } from '../../../executor/host/wasi/table.ts';
import { World } from '../../../executor/host/world.ts';
import { wasiInterfaces } from '../../../wasi/interfaces.ts';

interface Linked {
  readonly plan: ComponentPlan;
  readonly linked: LinkedComponent<World>;
}

function linkExample(path: string): Linked {
  const bytes = readFileSync(join(import.meta.dirname, '../../../examples', path));
  const plan = flattenComponent(bytes);
  return { plan, linked: linkComponent(plan, bytes, wasiHost, wasiInterfaces) };
}

function newWorld(): World {
  const limit = 1_000_000;
  return new World({ args: [], env: [], assets: undefined, maxFileBytes: limit, maxAnswerBytes: limit, maxLogBytes: limit });
}

const ada = { name: 'Ada', age: 36, tags: ['maths', 'engines'] };
const old = { name: 'Methuselah', age: 969, tags: [] };

test('runs a C component with the preview 1 adapter of wit-component', () => {
  const { linked } = linkExample('person-c/person.wasm');
  const instance = linked.instantiate(newWorld());
  assert.deepEqual(instance.call('greet', [ada]), { tag: 'ok', val: 'Hello Ada, 36, with 2 tags' });
  assert.deepEqual(instance.call('greet', [old]), { tag: 'err', val: 'too old: 969' });
  assert.deepEqual(instance.call('oldest', [[ada, old]]), old);
  assert.equal(instance.call('oldest', [[]]), undefined);
});

test('runs a JavaScript component on QuickJS, whose modules are linked at run time', () => {
  const { linked } = linkExample('greet-js/greet.wasm');
  const instance = linked.instantiate(newWorld());
  assert.deepEqual(instance.call('greet', [ada]), { tag: 'ok', val: 'Hello Ada, 36, [maths|engines]' });
  assert.deepEqual(instance.call('area', [{ tag: 'rectangle', val: [2, 3.5] }]), 7);
  assert.deepEqual(instance.call('reverse', [Uint8Array.of(1, 2, 3)]), Uint8Array.of(3, 2, 1));
});

test('runs a Rust component of wasi:http, resources going both ways', () => {
  const { plan, linked } = linkExample('http-rust/http.wasm');
  const handle = exportNamed(plan, 'wasi:http/incoming-handler', 'handle');
  const answerTo = (pathInfo: string, method: string, body: string): readonly [number, string] => {
    const world = newWorld();
    const request: GuestRequest = {
      method,
      scheme: 'http',
      authority: 'localhost',
      scriptName: '/fn/http',
      pathInfo,
      query: '',
      remoteAddress: '127.0.0.1',
      httpVersion: '1.1',
      headers: ['content-type', 'text/x-note'],
      body: Buffer.from(body),
    };
    const exchange = beginExchange(world, request);
    linked.instantiate(world).call(handle, exchange);
    const answer = readAnswer(exchange);
    return [answer.status, Buffer.from(answer.body).toString()];
  };
  assert.deepEqual(answerTo('/', 'GET', ''), [200, 'Hello from Rust!\n']);
  assert.deepEqual(answerTo('/echo', 'POST', 'as it came\n'), [200, 'as it came\n']);
  assert.deepEqual(answerTo('/coffee', 'GET', ''), [418, 'I am a teapot.\n']);
});

test('runs a Rust command built for wasm32-wasip2', () => {
  const { plan, linked } = linkExample('words-rust/words.wasm');
  const world = newWorld();
  world.stdin = Buffer.from('to be or not to be');
  const result = linked.instantiate(world).call(exportNamed(plan, 'wasi:cli/run', 'run'), []);
  assert.deepEqual(result, { tag: 'ok', val: undefined });
  assert.match(Buffer.from(world.stdout.take()).toString(), /to/);
});

test('names an export that is not there', () => {
  const { plan, linked } = linkExample('person-c/person.wasm');
  assert.throws(() => exportNamed(plan, 'wasi:cli/run', 'run'), {
    message: 'the component does not export wasi:cli/run with a function run',
  });
  assert.throws(() => linked.instantiate(newWorld()).call('insult', []), { message: 'the component exports no function "insult"' });
});
