/** The value of a secret is nowhere but in the memory of processes that need it: not in Postgres, Redis, files, logs or answers. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { masked, masksToken } from '../fixtures/secret-guests.ts';
import { startCluster, startEmbedded } from '../support/deployment.ts';
import { eventually } from '../support/eventually.ts';
import { deploy, invoke, patch } from '../support/functions.ts';
import { send } from '../support/http.ts';
import { usePostgres } from '../support/postgres.ts';
import { aKey, putSecret } from '../support/secrets.ts';
import { textsIn, textsInFolder, textsInPostgres, watchRedis } from '../support/traces.ts';

const postgres = usePostgres();

/** What must not be found, and what is there in the same ways and must be: so the search is one. */
interface Marks {
  readonly secrets: readonly [string, string];
  readonly control: string;
}

function marks(): Marks {
  const mark = (): string => `mark-${randomBytes(16).toString('hex')}`;
  return { secrets: [mark(), mark()], control: mark() };
}

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bantam-e2e-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Does everything that there is to do with secrets. @returns all that was answered */
async function useSecrets(url: string, { secrets: [first, second], control }: Marks): Promise<string> {
  const answers: string[] = [];
  const ask = async (path: string, method = 'GET', body?: string): Promise<string> => {
    const answer = await send(url, path, { method, ...(body !== undefined && { body }) });
    answers.push(JSON.stringify(answer.headers), answer.text);
    return answer.text;
  };
  const run = async (value: string): Promise<void> => {
    assert.equal((await invoke(url, 'keeper')).text, masked(value));
    const { id } = JSON.parse(await ask('/async/keeper', 'POST')) as { id: string };
    assert.ok([masked(first), masked(second)].includes(await ask(`/api/invocations/${id}/result?wait=30s`)));
    await ask(`/api/invocations/${id}`);
  };
  await putSecret(url, 'token', first);
  await deploy(url, 'keeper', masksToken(control), { env: { CONTROL: control }, secrets: { TOKEN: 'token' } });
  await run(first);
  await putSecret(url, 'token', second);
  await run(second);
  for (const wrong of [`${first}\0`, `${first}${'x'.repeat(65_536)}`]) await ask('/api/secrets/token', 'PUT', wrong);
  await ask('/api/secrets/Token', 'PUT', first);
  await patch(url, 'keeper', { timeoutMs: 5_000 });
  await run(second);
  await ask('/api/secrets/token', 'DELETE');
  await ask('/api/secrets/rotate', 'POST');
  for (const path of [
    'secrets',
    'secrets/token',
    'functions/keeper',
    'functions/keeper/versions',
    'invocations',
    'audit',
    'system',
    'workers',
  ])
    await ask(`/api/${path}`);
  for (const path of ['/metrics', '/openapi.json', '/nothing']) await ask(path);
  assert.equal((await send(url, '/api/secrets/token?force=true', { method: 'DELETE' })).status, 204);
  await ask('/fn/keeper');
  await putSecret(url, 'token', second);
  await run(second);
  return answers.join('\n');
}

test('the embedded server keeps and tells no value', async (t) => {
  const found = marks();
  const all = [...found.secrets, found.control];
  const dataDir = await newFolder(t);
  const deployment = await startEmbedded({ BANTAM_DATA_DIR: dataDir, BANTAM_SECRET_KEY: aKey(), BANTAM_LOG_LEVEL: 'trace' });
  const answers = await useSecrets(deployment.url, found);
  assert.deepEqual(textsIn(answers, all), [found.control]);
  // Both as it runs, with what PostgreSQL has written ahead, and as it is left behind.
  assert.deepEqual(await textsInFolder(dataDir, all), [found.control]);
  await deployment.stop();
  assert.deepEqual(await textsInFolder(dataDir, all), [found.control]);
  assert.match(deployment.server.output, /Bantam is ready/);
  assert.deepEqual(textsIn(deployment.server.output, found.secrets), []);
});

test('a cluster keeps, sends and tells no value', async (t) => {
  const found = marks();
  const all = [...found.secrets, found.control];
  const dataDir = await newFolder(t);
  const deployment = await startCluster(postgres, { BANTAM_DATA_DIR: dataDir, BANTAM_SECRET_KEY: aKey(), BANTAM_LOG_LEVEL: 'trace' });
  const redis = await watchRedis(deployment.redis.url);
  const answers = await useSecrets(deployment.url, found);
  assert.deepEqual(textsIn(answers, all), [found.control]);
  await eventually(() => redis.texts().includes(found.control));
  redis.stop();
  assert.deepEqual(textsIn(redis.texts(), all), [found.control]);
  assert.deepEqual(await textsInPostgres(deployment.databaseUrl, all), [found.control]);
  await deployment.stop();
  assert.deepEqual(await textsInFolder(dataDir, all), [found.control]);
  for (const { output } of [...deployment.gateways.map(({ program }) => program), ...deployment.workers]) {
    assert.match(output, /"level"/);
    assert.deepEqual(textsIn(output, found.secrets), []);
  }
});

test('the search finds a text in all of its forms', () => {
  const text = 'mark-0123456789abcdef';
  for (const [before, after] of [
    ['', ''],
    ['x', 'yy'],
    ['xx', 'y'],
    ['xyz', 'zz'],
  ] as const) {
    const bytes = Buffer.from(`${before}${text}${after}`);
    for (const encoding of ['utf8', 'hex', 'base64'] as const) assert.deepEqual(textsIn(bytes.toString(encoding), [text, 'other']), [text]);
  }
});
