/** Both deployments with keys, and what they say at start of how they can be reached. */
import assert from 'node:assert/strict';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { certificate, certificatePath } from '../support/callback-server.ts';
import { type ClusterDeployment, type Deployment, startCluster, startEmbedded } from '../support/deployment.ts';
import { eventually } from '../support/eventually.ts';
import { adminKey, makeKey, withKey } from '../support/keyed-api.ts';
import { usePostgres } from '../support/postgres.ts';
import { Program } from '../support/program.ts';
import { keysSuite } from './suites/keys.suite.ts';

const environment = { BANTAM_ADMIN_KEY: adminKey, BANTAM_TRUSTED_PROXIES: '127.0.0.1' };
let cluster: ClusterDeployment | undefined;
let embedded: Deployment | undefined;

after(() => cluster?.stop());
const postgres = usePostgres();

function running<D>(deployment: D | undefined): D {
  if (deployment === undefined) throw new Error('the deployment did not start');
  return deployment;
}

describe('embedded', () => {
  before(async () => {
    embedded = await startEmbedded(environment);
  });
  after(() => embedded?.stop());
  keysSuite(() => running(embedded));
});

describe('cluster', () => {
  before(async () => {
    cluster = await startCluster(postgres, environment);
  });
  keysSuite(() => running(cluster));

  test('a key that is made or revoked at one gateway is known at the other within a second', async () => {
    const { url } = running(cluster);
    const other = await running(cluster).addGateway();
    const { id, key } = await makeKey(url, { name: 'wide', role: 'read' });
    const status = async (): Promise<number> => (await withKey(other.url, key, '/api/functions')).status;
    await eventually(async () => (await status()) === 200, { timeoutMs: 1_000 });
    await withKey(url, adminKey, `/api/keys/${id}`, { method: 'DELETE' });
    await eventually(async () => (await status()) === 401, { timeoutMs: 1_000 });
  });
});

test('on this machine alone it is open until the first key is made, and says so', async (t) => {
  const open = await startEmbedded();
  t.after(() => open.stop());
  await open.server.prints(/^Open: whoever reaches this address may do everything/m);
  assert.equal((await withKey(open.url, undefined, '/api/functions')).status, 200);
  const made = await withKey(open.url, undefined, '/api/keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name": "me", "role": "admin"}',
  });
  assert.equal((await withKey(open.url, undefined, '/api/functions')).status, 401);
  assert.equal((await withKey(open.url, (made.json as { readonly key: string }).key, '/api/functions')).status, 200);
});

for (const [main, env] of [
  ['gateway/embedded/main.ts', {}],
  ['gateway/main.ts', { DATABASE_URL: 'postgres://127.0.0.1:1/none', REDIS_URL: 'redis://127.0.0.1:1' }],
] as const) {
  test(`${main} refuses to listen beyond this machine without a key, and says what to set`, async () => {
    const program = new Program(main, { ...env, BANTAM_HOST: '0.0.0.0', BANTAM_PORT: '0', BANTAM_DATA_DIR: '/nonexistent' });
    assert.equal(await program.ended(), 1);
    assert.match(program.errors, /^bantam: others than this machine can reach 0\.0\.0\.0.*: set BANTAM_ADMIN_KEY/);
  });
}

test('with a certificate it speaks TLS and nothing else', async (t) => {
  const key = join(certificatePath, '..', 'localhost-key.pem');
  const server = await startEmbedded({ BANTAM_TLS_CERT: certificatePath, BANTAM_TLS_KEY: key });
  t.after(() => server.stop());
  assert.match(server.url, /^https:/);
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  request(`${server.url}/healthz`, { ca: certificate }, (response) => {
    response.resume();
    resolve(response.statusCode);
  })
    .once('error', reject)
    .end();
  assert.equal(await promise, 200);
  await assert.rejects(withKey(server.url.replace('https', 'http'), undefined, '/healthz'));
});
