/** The port of a gateway for the inside of its network: what it serves without a key, and that it serves nothing else. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ClusterDeployment, startCluster } from '../support/deployment.ts';
import { freePort } from '../support/free-port.ts';
import { usePostgres } from '../support/postgres.ts';
import { Program } from '../support/program.ts';

const postgres = usePostgres();
const env = { BANTAM_ADMIN_KEY: 'key-of-the-operator', BANTAM_HOST: '0.0.0.0' };
let cluster: ClusterDeployment;
let port: number;

before(async () => {
  port = await freePort();
  cluster = await startCluster(postgres, { ...env, BANTAM_METRICS_PORT: `${port}` });
});
after(() => cluster.stop());

test('BANTAM_METRICS_PORT serves metrics and health to whoever gets there, while the port of calls asks for a key', async () => {
  const inside = `http://127.0.0.1:${port}`;
  assert.match(await (await fetch(`${inside}/metrics`)).text(), /^bantam_queue_workers 1$/m);
  assert.deepEqual(await (await fetch(`${inside}/healthz`)).json(), { status: 'ok' });
  const ready = (await (await fetch(`${inside}/readyz`)).json()) as object;
  assert.deepEqual(ready, await (await fetch(`${cluster.url}/readyz`)).json());
  assert.equal((await fetch(`${cluster.url}/metrics`)).status, 401);
});

test('BANTAM_METRICS_PORT serves no function and no control', async () => {
  for (const path of ['/fn/fib', '/async/fib', '/api/functions', '/openapi.json', '/'])
    assert.equal((await fetch(`http://127.0.0.1:${port}${path}`)).status, 404, path);
});

test('a gateway whose BANTAM_METRICS_PORT is taken exits with 1 and names the setting', async () => {
  const servers = { DATABASE_URL: cluster.databaseUrl, REDIS_URL: cluster.redis.url, BANTAM_PORT: '0' };
  const second = new Program('gateway/main.ts', { ...env, ...servers, BANTAM_METRICS_PORT: `${port}` });
  assert.equal(await second.ended(), 1);
  assert.match(second.output, new RegExp(`port ${port} on 127\\.0\\.0\\.1 cannot be opened \\(EADDRINUSE\\): set BANTAM_METRICS_PORT`));
});
