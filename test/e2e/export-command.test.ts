/** `npm run export` as a command: what it writes, what it refuses; and what else bundles do than answer HTTP. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Deployment, startEmbedded } from '../support/deployment.ts';
import { asOldNode, exported, newFolder, runExport, runScript } from '../support/exports.ts';
import { form } from '../support/functions.ts';
import { freePort } from '../support/free-port.ts';
import { type HttpAnswer, jsonType } from '../support/http.ts';
import { adminKey, makeKey, withKey } from '../support/keyed-api.ts';
import { ExecutionEnvironment } from '../support/lambda.ts';
import { Container } from '../support/openwhisk.ts';
import { aKey } from '../support/secrets.ts';

let deployment: Deployment | undefined;
/** Of a key that may only look. */
let key = '';

before(async () => {
  deployment = await startEmbedded({ BANTAM_ADMIN_KEY: adminKey, BANTAM_SECRET_KEY: aKey() });
  ({ key } = await makeKey(home(), { name: 'exporter', role: 'read' }));
  await withKey(home(), adminKey, '/api/secrets/greeting', { method: 'PUT', body: 'never to be exported' });
  await publish('fib', 'fib-c/fib.wasm');
  await publish('greet', 'greet-js/greet.wasm', { entry: 'greet' });
  await publish('cgi', 'cgi-c/cgi.wasm', { secrets: { GREETING: 'greeting' } });
});
after(() => deployment?.stop());

function home(): string {
  assert.ok(deployment !== undefined);
  return deployment.url;
}

async function publish(name: string, module: string, config: object = {}, query = ''): Promise<HttpAnswer> {
  const parts = form({ module: readFileSync(join(import.meta.dirname, '../../examples', module)), config: JSON.stringify(config) });
  const answer = await withKey(home(), adminKey, `/api/functions/${name}${query}`, parts);
  assert.ok(answer.status === 200 || answer.status === 201, answer.text);
  return answer;
}

function bundle(reference: string, target: string): string {
  return exported(home(), reference, target, '--key', key);
}

describe('the command', () => {
  const run = (...args: readonly string[]): ReturnType<typeof runExport> => runExport(newFolder(), ...args, '--url', home(), '--key', key);

  test('writes NAME-TARGET.zip, says what it is and what to do with it, and the same bytes each time', () => {
    const folders = [newFolder(), newFolder()];
    for (const folder of folders) {
      const { status, stdout } = runExport(folder, 'fib', '--target', 'lambda', '--url', home(), '--key', key);
      assert.equal(status, 0);
      assert.match(stdout, /^fib-lambda\.zip: fib@1 \(core\), \d+ bytes\nNext, for example: aws lambda create-function .*fib-lambda\.zip/);
    }
    const [first, second] = folders.map((folder) => readFileSync(join(folder, 'fib-lambda.zip')));
    assert.deepEqual(first, second);
  });

  test('leaves a file alone that exists, and exits 1', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'fib-openwhisk.zip'), 'mine');
    const { status, stderr } = runExport(folder, 'fib', '--target', 'openwhisk', '--url', home(), '--key', key);
    assert.deepEqual([status, stderr], [1, 'bantam: fib-openwhisk.zip exists already: name another file with --out\n']);
    assert.equal(readFileSync(join(folder, 'fib-openwhisk.zip'), 'utf8'), 'mine');
  });

  test('exits 2 for a wrong target and says which there are', () => {
    const { status, stderr } = run('fib', '--target', 'azure');
    assert.equal(status, 2);
    assert.match(stderr, /^bantam: there is no target "azure"\nnpm run export -- NAME --target openwhisk\|lambda/);
  });

  test('passes on what the server says of a function that is not there', () => {
    const { status, stderr } = run('absent', '--target', 'lambda');
    assert.equal(status, 1);
    assert.match(stderr, /^bantam: there is no function "absent" \(FUNCTION_NOT_FOUND\)\. Publish it with /);
    assert.match(run('fib@9', '--target', 'lambda').stderr, /\(VERSION_NOT_FOUND\)/);
    assert.match(run('fib:absent', '--target', 'lambda').stderr, /\(ALIAS_NOT_FOUND\)/);
  });

  test('asks for a key where one is needed', () => {
    const { status, stderr } = runExport(newFolder(), 'fib', '--target', 'lambda', '--url', home());
    assert.equal(status, 1);
    assert.match(stderr, / needs a key \(KEY_REQUIRED\)\. Pass one with --key\.\n$/);
  });

  test('says that no server answers, and what to do', async () => {
    const { status, stderr } = runExport(newFolder(), 'fib', '--target', 'lambda', '--url', `http://127.0.0.1:${await freePort()}`);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^bantam: no server answers at http:.* \(.*ECONNREFUSED.*\): start it with npm start, or name another with --url\n$/,
    );
  });

  test('writes the version that calls get: of an alias, of a number, of a namespace', async () => {
    await publish('many', 'fib-c/fib.wasm');
    await publish('many', 'fib-rust/fib.wasm', { entry: 'fib' });
    await put('many/aliases/first', { version: 1 });
    const said = (reference: string): string => run(reference, '--target', 'lambda').stdout.split(' (')[0] ?? '';
    assert.deepEqual(['many', 'many@1', 'many:first'].map(said), [
      'many-lambda.zip: many@2',
      'many-lambda.zip: many@1',
      'many-lambda.zip: many@1',
    ]);
    await withKey(home(), adminKey, '/api/namespaces/team', { method: 'PUT', headers: jsonType, body: '{}' });
    await publish('fib', 'fib-c/fib.wasm', {}, '?namespace=team');
    assert.equal(said('fib.team'), 'fib.team-lambda.zip: fib.team@1');
  });

  test('wants to know which, where versions share the calls', async () => {
    await publish('shared', 'fib-c/fib.wasm');
    await publish('shared', 'fib-rust/fib.wasm', { entry: 'fib' });
    await put('shared/aliases/live', { weights: { '1': 3, '2': 1 } });
    const { status, stderr } = run('shared', '--target', 'lambda');
    assert.deepEqual(
      [status, stderr],
      [1, 'bantam: calls of shared:live are shared by several versions: export one of shared@1, shared@2\n'],
    );
    await put('shared/aliases/live', { weights: { '1': 3, '2': 0 } });
    assert.match(run('shared', '--target', 'lambda').stdout, /shared@1/);
  });

  async function put(path: string, body: object): Promise<void> {
    const { status, text } = await withKey(home(), adminKey, `/api/functions/${path}`, {
      method: 'PUT',
      headers: jsonType,
      body: JSON.stringify(body),
    });
    assert.ok(status < 300, text);
  }
});

describe('openwhisk', () => {
  test('the runtime of OpenWhisk requires the action, and gets results of plain parameters', () => {
    const results = runScript(
      bundle('greet', 'openwhisk'),
      `const { main } = require(process.cwd());
      const calls = [{ name: 'Ada', age: 36, tags: [] }, { name: 'Methuselah', age: 969, tags: [] }, {}];
      void Promise.all(calls.map(main)).then((results) => console.log(JSON.stringify(results)));`,
    );
    assert.partialDeepStrictEqual(results, [
      { result: 'Hello Ada, 36, []' },
      { error: { code: 'GUEST_RETURNED_ERROR', error: 'too old: 969' } },
      { error: { code: 'INVALID_ARGUMENTS', blame: 'caller' } },
    ]);
  });

  test('the values of secrets come from where it runs, never with the bundle', async (t) => {
    const folder = bundle('cgi', 'openwhisk');
    assert.doesNotMatch(readFileSync(join(folder, 'function.json'), 'utf8'), /never to be exported/);
    const [bare, given] = [await Container.start(folder), await Container.start(folder, { GREETING: 'from there' })];
    t.after(() => Promise.all([bare.program.stop(), given.program.stop()]));
    assert.match((await given.invoke('/environment', {})).text, /^GREETING=from there$/m);
    const answer = await bare.invoke('/environment', {});
    assert.partialDeepStrictEqual(answer.json, {
      code: 'SECRET_MISSING',
      detail: 'secrets are not exported: set the environment variable GREETING',
    });
  });

  test('what a guest writes to its log is in that of the activation, before the end mark', async (t) => {
    const container = await Container.start(bundle('cgi', 'openwhisk'), { GREETING: 'hello' });
    t.after(() => container.program.stop());
    assert.partialDeepStrictEqual((await container.invoke('/fail', {})).json, { code: 'GUEST_EXITED', exitCode: 3 });
    await container.program.prints(/^this goes to the log\n(?:XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n){1,2}/m);
  });

  test('answers 404 for what is neither /init nor /run, 502 for what is no activation', async (t) => {
    const container = await Container.start(bundle('fib', 'openwhisk'));
    t.after(() => container.program.stop());
    assert.deepEqual(await container.run({ n: 10 }), { result: 55 });
    const { status, json } = await container.post('/elsewhere', {});
    assert.deepEqual([status, json], [404, { error: 'there are POST /init and POST /run' }]);
    assert.equal((await container.post('/run', null)).status, 502);
    assert.deepEqual(await container.run({ n: 11 }), { result: 89 });
  });

  test('components run on a Node without the newest built-ins', async (t) => {
    const container = await Container.start(bundle('greet', 'openwhisk'), {}, asOldNode);
    t.after(() => container.program.stop());
    const reverse = (body: string): Promise<HttpAnswer> => container.invoke('/reverse', { method: 'POST', headers: jsonType, body });
    assert.equal((await reverse('{"bytes": "YWJj"}')).json, 'Y2Jh');
    assert.partialDeepStrictEqual((await reverse('{"bytes": "YW-j"}')).json, { code: 'INVALID_ARGUMENTS' });
  });
});

describe('lambda', () => {
  test('the runtime of Lambda imports the handler', () => {
    const script = `import(process.cwd() + '/index.mjs').then(({ handler }) => handler({ n: 42 }, {})).then(console.log);`;
    assert.equal(runScript(bundle('fib', 'lambda'), script), 267_914_296);
  });

  test('other events than requests are arguments, and a failure is the error of the invocation', async (t) => {
    const environment = await ExecutionEnvironment.start(bundle('greet', 'lambda'));
    t.after(() => environment.stop());
    const event = { name: 'Ada', age: 36, tags: ['x'] };
    assert.deepEqual(await environment.invoke(event), { kind: 'response', body: 'Hello Ada, 36, [x]', errorType: undefined });
    const { kind, body, errorType } = await environment.invoke({ ...event, age: 969 });
    assert.deepEqual([kind, errorType], ['error', 'GUEST_RETURNED_ERROR']);
    assert.partialDeepStrictEqual(body, { errorType });
    assert.equal((await environment.invoke(event)).kind, 'response', 'it goes on');
  });

  test('a bundle that is not whole is told as an error of the initialisation', async (t) => {
    const folder = bundle('fib', 'lambda');
    rmSync(join(folder, 'module.wasm'));
    const environment = await ExecutionEnvironment.start(folder);
    t.after(() => environment.stop());
    assert.notEqual(await environment.program.ended(), 0);
    assert.match((environment.initError as { errorMessage: string }).errorMessage, /ENOENT.*module\.wasm/);
    assert.ok(!existsSync(join(folder, 'module.wasm')));
  });
});
