/** Every kind of module, exported from a running deployment, answers on other platforms as it does at home: spoken to by their public contracts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { type Deployment, startEmbedded } from '../support/deployment.ts';
import { assetsOf, type Example, readExamples } from '../support/examples.ts';
import { assertExpected, requestOf } from '../support/expected-calls.ts';
import { exported } from '../support/exports.ts';
import { form, invoke } from '../support/functions.ts';
import { type HttpAnswer, type HttpRequest, send } from '../support/http.ts';
import { ExecutionEnvironment } from '../support/lambda.ts';
import { Container } from '../support/openwhisk.ts';

/** All kinds, and of kind `core` what is given more than its calls: AssemblyScript, side modules. */
const chosen = new Set([
  'fib-as',
  'side-emscripten',
  'math-wat',
  'convert-rust',
  'cgi-c',
  'words-rust',
  'person-c',
  'greet-js',
  'http-rust',
]);

let deployment: Deployment | undefined;

before(async () => {
  deployment = await startEmbedded();
});
after(() => deployment?.stop());

function home(): string {
  assert.ok(deployment !== undefined);
  return deployment.url;
}

/** One that runs a bundle, whatever the platform. */
interface Elsewhere {
  request(path: string, request: HttpRequest): Promise<HttpAnswer>;
  stop(): Promise<unknown>;
}

const platforms: Readonly<Record<string, (folder: string) => Promise<Elsewhere>>> = {
  openwhisk: async (folder) => {
    const container = await Container.start(folder);
    return { request: (path, request) => container.invoke(path, request), stop: () => container.program.stop() };
  },
  lambda: (folder) => ExecutionEnvironment.start(folder),
};

for (const [target, start] of Object.entries(platforms)) {
  describe(target, () => {
    for (const example of readExamples().filter(({ name }) => chosen.has(name))) {
      test(`${example.name}, a ${example.kind}, answers as at home`, async (t) => {
        await publish(example);
        const elsewhere = await start(exported(home(), example.functionName, target));
        t.after(() => elsewhere.stop());
        for (const call of example.calls) {
          const there = await elsewhere.request(call.path, requestOf(call));
          assertExpected(there, call);
          const here = await invoke(home(), `${example.functionName}${call.path}`, requestOf(call));
          assert.deepEqual(guestsOwn(there), guestsOwn(here), call.path);
        }
      });
    }
  });
}

test('all kinds are among them', () => {
  const kinds = readExamples()
    .filter(({ name }) => chosen.has(name))
    .map(({ kind }) => kind);
  assert.deepEqual([...new Set(kinds)].toSorted(), ['command', 'component', 'component-command', 'component-http', 'core', 'reactor']);
});

async function publish(example: Example): Promise<void> {
  const assets = assetsOf(example);
  const parts = { module: readFileSync(example.module), config: JSON.stringify(example.config ?? {}), ...(assets && { assets }) };
  const { status, text } = await send(home(), `/api/functions/${example.functionName}`, form(parts));
  assert.ok(status === 201 || status === 200, text);
}

/** What of an answer is not of the platform it came by: the end of a trap's stack is, and so is the id of the invocation. */
function guestsOwn({ status, headers, bytes, json }: HttpAnswer): unknown {
  const { 'content-type': type, location } = headers;
  const own = { status, type, location };
  if (type !== 'application/problem+json') return { ...own, bytes };
  const { invocationId: _, requestId: __, ...problem } = json as Record<string, unknown>;
  return { ...own, problem };
}
