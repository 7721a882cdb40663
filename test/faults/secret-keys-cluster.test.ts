/** The keys of secrets in a cluster: changed while functions are called, and missing where they are needed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { masked, masksToken } from '../fixtures/secret-guests.ts';
import { type ClusterDeployment, knowsWorkers, startCluster } from '../support/deployment.ts';
import { eventually } from '../support/eventually.ts';
import { assertProblem, deploy, invoke } from '../support/functions.ts';
import { type HttpAnswer, send } from '../support/http.ts';
import { usePostgres } from '../support/postgres.ts';
import type { Program } from '../support/program.ts';
import { aKey, putSecret } from '../support/secrets.ts';

const [oldKey, newKey] = [aKey(), aKey()];
let cluster: ClusterDeployment;

after(() => cluster.stop());
const postgres = usePostgres();
before(async () => {
  cluster = await startCluster(postgres, { BANTAM_SECRET_KEY: oldKey });
  await putSecret(cluster.url, 'token', 'kept');
  await deploy(cluster.url, 'keeper', masksToken('keys'), { secrets: { TOKEN: 'token' } });
});

const withKeys = (keys: string): { BANTAM_SECRET_KEY: string } => ({ BANTAM_SECRET_KEY: keys });

/** Takes the workers there were away, once the gateway knows of those just started: until then it would say that there is none. */
async function retire(url: string, workers: readonly Program[]): Promise<void> {
  const living = cluster.workers.filter(({ running }) => running).length;
  await knowsWorkers(url, living);
  assert.deepEqual(
    await Promise.all(workers.map((worker) => worker.stop())),
    workers.map(() => 0),
  );
}

async function answers(url: string, path = 'keeper'): Promise<HttpAnswer> {
  const answer = await invoke(url, path);
  assert.equal(answer.status, 200, answer.text);
  return answer;
}

test('keys are changed without a call that fails: the new one last, then first, all encrypted anew, the old one out', async () => {
  const stop = new AbortController();
  let url = cluster.url;
  const calls: string[] = [];
  const calling = (async () => {
    while (!stop.signal.aborted) calls.push((await answers(url)).text);
  })();
  for (const [keys, rotated] of [
    [`${oldKey},${newKey}`, 0],
    [`${newKey},${oldKey}`, 1],
    [newKey, 0],
  ] as const) {
    const earlier = [...cluster.workers].filter(({ running }) => running);
    await cluster.addWorker(withKeys(keys));
    const gateway = await cluster.addGateway(withKeys(keys));
    url = gateway.url;
    await retire(url, earlier);
    const { status, json } = await send(url, '/api/secrets/rotate', { method: 'POST' });
    assert.deepEqual([status, json], [200, { rotated }]);
    const made = calls.length;
    await eventually(() => calls.length > made + 10);
  }
  stop.abort();
  await calling;
  assert.ok(calls.every((text) => text === masked('kept')));
});

test('a worker without the key refuses calls and says why; asynchronous ones wait for one that has it', async () => {
  const { url } = cluster.gateways.at(-1) ?? cluster;
  const earlier = [...cluster.workers].filter(({ running }) => running);
  const others = await Promise.all([aKey(), ''].map((key) => cluster.addWorker(withKeys(key))));
  await retire(url, earlier);
  const refusals = new Set<string>();
  await eventually(async () => {
    const answer = await invoke(url, 'keeper');
    assertProblem(answer, 'SECRET_UNREADABLE', /^the secret "token" of the namespace "default" cannot be read: /);
    refusals.add(answer.text.includes('is not set at this worker') ? 'not set' : 'another key');
    return refusals.size === 2;
  });
  const { json } = await send(url, '/async/keeper', { method: 'POST' });
  const path = `/api/invocations/${(json as { id: string }).id}`;
  await eventually(async () => (await send(url, path)).text.includes('SECRET_UNREADABLE'));
  await cluster.addWorker(withKeys(newKey));
  await retire(url, others);
  assert.equal((await send(url, `${path}/result?wait=30s`)).text, masked('kept'));
  assert.equal((await answers(url)).text, masked('kept'));
});
