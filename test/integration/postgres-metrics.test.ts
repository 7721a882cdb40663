/** Calls of Postgres are counted by how they ended, wherever in the process they come from. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { BantamError } from '../../contracts/errors.ts';
import { PostgresMetrics } from '../../shared/metrics/postgres.ts';
import { createPool, inTransaction, onPostgres } from '../../shared/postgres.ts';
import { freePort } from '../support/free-port.ts';
import { usePostgres } from '../support/postgres.ts';
import { parseMetrics } from '../support/prometheus.ts';

const postgres = usePostgres();

test('what Postgres did is ok, also where our own rules then refuse; a refused statement failed; out of reach is unavailable', async () => {
  const registry = new Registry();
  const metrics = new PostgresMetrics(registry);
  const options = { max: 2, applicationName: 'test', onError: () => {} };
  const [pool, nowhere] = [
    createPool(await postgres.createDatabase(), options),
    createPool(`postgres://127.0.0.1:${await freePort()}/x`, options),
  ];
  metrics.listen();
  metrics.watch(pool);

  await onPostgres(() => pool.query('select 1'));
  await inTransaction(pool, (client) => client.query('select pg_sleep(0.01)'));
  await assert.rejects(
    inTransaction(pool, () => Promise.reject(new BantamError('VERSION_NOT_FOUND', ''))),
    { code: 'VERSION_NOT_FOUND' },
  );
  await assert.rejects(
    onPostgres(() => pool.query('select nonsense')),
    { code: '42703' },
  );
  await assert.rejects(
    onPostgres(() => nowhere.query('select 1')),
    { code: 'REGISTRY_UNAVAILABLE' },
  );

  // The connection of a failure is closed: this one is a new one, and left.
  await onPostgres(() => pool.query('select 1'));

  const samples = parseMetrics(await registry.metrics());
  const count = (outcome: string): number | undefined => samples.get(`bantam_registry_call_seconds_count{outcome="${outcome}"}`);
  assert.deepEqual([count('ok'), count('failed'), count('unavailable')], [4, 1, 1]);
  assert.ok((samples.get('bantam_registry_call_seconds_sum{outcome="ok"}') ?? 0) >= 0.01);
  assert.deepEqual(
    ['busy', 'idle', 'waiting'].map((state) => samples.get(`bantam_registry_connections{state="${state}"}`)),
    [0, 1, 0],
  );
  await Promise.all([pool.end(), nowhere.end()]);
});
