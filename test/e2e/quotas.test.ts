/** Quotas in both deployments, and what only a cluster has: several gateways that share them. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ClusterDeployment, type Deployment, startCluster, startEmbedded } from '../support/deployment.ts';
import { eventually } from '../support/eventually.ts';
import { adminKey, withKey } from '../support/keyed-api.ts';
import { usePostgres } from '../support/postgres.ts';
import { giveQuota, makeNamespace, quotasSuite } from './suites/quotas.suite.ts';

const environment = { BANTAM_ADMIN_KEY: adminKey };
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
  quotasSuite(() => running(embedded));
});

describe('cluster', () => {
  let other = '';
  before(async () => {
    cluster = await startCluster(postgres, environment);
    other = (await cluster.addGateway()).url;
    await makeNamespace(cluster.url, 'shared');
  });
  quotasSuite(() => running(cluster));

  test('two gateways together let no more calls through than the quota of one says', async () => {
    const { url } = running(cluster);
    await giveQuota(url, '/api/namespaces/shared/quota', { ratePerSecond: 0.001, burst: 20 });
    await eventually(async () => (await withKey(other, adminKey, '/fn/one.shared')).headers['ratelimit'] !== undefined);
    await giveQuota(url, '/api/namespaces/shared/quota', { ratePerSecond: 10, burst: 20 });
    const beganMs = performance.now();
    let granted = 0;
    while (performance.now() - beganMs < 1_000) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) => withKey(i % 2 === 0 ? url : other, adminKey, '/fn/one.shared')),
      );
      granted += answers.filter(({ status }) => status === 200).length;
      for (const { status, text } of answers) assert.ok(status === 200 || status === 429, text);
    }
    const most = 20 + ((performance.now() - beganMs) * 10) / 1_000;
    assert.ok(granted <= most && granted > 20, `${granted} calls were let through, at most ${most} may be`);
  });

  test('a quota that is given or taken away at one gateway holds at the other within a second', async () => {
    const { url } = running(cluster);
    const status = async (): Promise<number> => (await withKey(other, adminKey, '/fn/one.shared')).status;
    await giveQuota(url, '/api/namespaces/shared/quota', { ratePerSecond: 0.001, burst: 1 });
    await eventually(async () => (await status()) === 429, { timeoutMs: 1_000 });
    await withKey(url, adminKey, '/api/namespaces/shared/quota', { method: 'DELETE' });
    await eventually(async () => (await status()) === 200, { timeoutMs: 1_000 });
  });
});
