/** The platforms that need nothing but Node, as the benchmark starts and calls them; and the public contracts that it speaks. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { publish } from '../../bench/paths/bantam.ts';
import { startEmbedded } from '../../bench/paths/bantam-embedded.ts';
import type { Stage } from '../../bench/path.ts';
import { bantamEmbedded } from '../../bench/platforms/bantam.ts';
import { nodeRun } from '../../bench/platforms/commands.ts';
import { startListening } from '../../bench/platforms/connection.ts';
import { bareCall } from '../../bench/platforms/floors.ts';
import { unknownGuest } from '../../bench/platforms/guest.ts';
import { LambdaRuntimeApi } from '../../bench/platforms/lambda-api.ts';
import { lambdaNode } from '../../bench/platforms/lambda.ts';
import { openwhiskDockerNode, openwhiskNode } from '../../bench/platforms/openwhisk.ts';
import type { Work } from '../../bench/platforms/platform.ts';
import { freePort, Processes } from '../../bench/processes.ts';

const repository = join(import.meta.dirname, '../..');
const work: Work = { n: 10, expected: 55, warmUpMs: 0, calls: 3, forMs: 60_000 };

function stage(t: TestContext): Stage {
  const processes = new Processes(process.env);
  t.after(() => processes.stop());
  return { processes, repository };
}

for (const platform of [bareCall, nodeRun, openwhiskNode, openwhiskDockerNode, lambdaNode, bantamEmbedded]) {
  test(`${platform.name} is deployed anew each time, answers right, and a wrong answer is an error`, async (t) => {
    const measure = await platform.prepare(stage(t));
    for (let deployment = 0; deployment < 2; deployment++) {
      const { coldMs, warmMs } = await measure(work);
      assert.ok(coldMs > 0 && warmMs > 0, JSON.stringify({ coldMs, warmMs }));
    }
    await assert.rejects(measure({ ...work, expected: 54 }), /fib\(10\)/);
  });
}

test('the first call of a deployment on Bantam is a cold one, also when the same code ran before', async (t) => {
  const bantam = stage(t);
  const origin = await startEmbedded(bantam);
  for (const name of ['one', 'another']) {
    await publish(origin, name, await unknownGuest(bantam));
    const starts = [];
    for (let call = 0; call < 2; call++) {
      const response = await fetch(`${origin}/fn/${name}?n=10`);
      assert.equal(await response.text(), '55');
      starts.push(response.headers.get('x-bantam-start'));
    }
    assert.equal(starts[0], 'cold');
    assert.notEqual(starts[1], 'cold');
  }
});

test('the component for wasmtime serve answers with fib(n), and refuses a call without n', async (t) => {
  const origin = await startEmbedded(stage(t));
  await publish(origin, 'fib-http', join(repository, 'bench/guests/fib-http/fib-http.wasm'));
  const answers = await Promise.all(
    ['?n=10', '?n=0', ''].map(async (query) => {
      const response = await fetch(`${origin}/fn/fib-http/${query}`);
      return [response.status, await response.text()];
    }),
  );
  assert.deepEqual(answers, [
    [200, '55'],
    [200, '0'],
    [400, 'n is missing'],
  ]);
});

test('an OpenWhisk action answers /init with OK and /run with its result, and anything else with an error', async (t) => {
  const { processes } = stage(t);
  const port = await freePort();
  const invoker = await startListening(processes, port, process.execPath, [join(repository, 'bench/peers/openwhisk/nodejs.js'), `${port}`]);
  const code = 'function greet({ name }) { return { text: `${process.env.GREETING} ${name}`, action: process.env.__OW_ACTION_NAME }; }';
  const init = { name: 'greet', main: 'greet', code, binary: false, env: { GREETING: 'Hello' } };
  assert.deepEqual(JSON.parse(await invoker.postJson('/init', { value: init })), { OK: true });
  const result = await invoker.postJson('/run', { value: { name: 'Ada' }, action_name: '/guest/greet' });
  assert.deepEqual(JSON.parse(result), { text: 'Hello Ada', action: '/guest/greet' });
  await assert.rejects(invoker.postJson('/init', { value: { ...init, binary: true } }), /502 .*no archive/);
  await assert.rejects(invoker.get('/other'), /502 /);
});

test('an action server that ends before it listens is an error with what it said', async (t) => {
  const { processes } = stage(t);
  const start = startListening(processes, await freePort(), process.execPath, ['-e', 'throw new Error("no room")']);
  await assert.rejects(start, /no room/);
});

test('the runtime API holds a runtime that asks until there is an event, and gives its caller what comes back for that event', async (t) => {
  const { processes } = stage(t);
  const api = new LambdaRuntimeApi();
  const origin = `http://${await api.listen(processes)}/2018-06-01/runtime`;
  for (const n of [1, 2]) {
    const asked = fetch(`${origin}/invocation/next`);
    const result = api.invoke({ n });
    const next = await asked;
    assert.deepEqual([next.status, await next.json()], [200, { n }]);
    assert.ok(Number(next.headers.get('lambda-runtime-deadline-ms')) > Date.now());
    const id = next.headers.get('lambda-runtime-aws-request-id');
    assert.equal((await fetch(`${origin}/invocation/${id}/response`, { method: 'POST', body: `${n}` })).status, 202);
    assert.equal(await result, `${n}`);
  }
});

test('an invocation fails when the runtime reports an error, answers another one, or says nothing in time', async (t) => {
  const { processes } = stage(t);
  const api = new LambdaRuntimeApi();
  const origin = `http://${await api.listen(processes)}/2018-06-01/runtime`;
  const post = async (path: string): Promise<void> => {
    const result = assert.rejects(api.invoke({}), /the runtime sent POST .*: "why"/);
    const next = await fetch(`${origin}/invocation/next`);
    const id = next.headers.get('lambda-runtime-aws-request-id');
    await fetch(origin + path.replace('ID', id ?? ''), { method: 'POST', body: '"why"' });
    await result;
  };
  await post('/invocation/ID/error');
  await post('/invocation/other/response');
  await post('/init/error');
  await assert.rejects(api.invoke({}, 1), /no result within 1 ms/);
});
