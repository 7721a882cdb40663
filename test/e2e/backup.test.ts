/** Back up, lose everything, restore, as docs/operations.md says it: the same answers, and what was accepted still runs. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { migrate } from '../../registry/migrate/migrate.ts';
import { add, constant } from '../fixtures/guests.ts';
import { skipWithout } from '../support/debian.ts';
import { debianPostgresPackages, startDebianPostgres } from '../support/debian-postgres.ts';
import { startCluster, startEmbedded } from '../support/deployment.ts';
import { assertAnswer, deploy } from '../support/functions.ts';
import { jsonType, send } from '../support/http.ts';
import { runSql } from '../support/postgres.ts';

const command = join(import.meta.dirname, '../../examples/cgi-c/cgi.wasm');
const secrets = { BANTAM_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') };

/** Something of everything that is kept. */
async function fill(url: string): Promise<void> {
  await deploy(url, 'backup-add', add);
  await deploy(url, 'backup-number', constant(1));
  await deploy(url, 'backup-number', constant(2));
  const release = JSON.stringify({ version: 1 });
  assertOk(await send(url, '/api/functions/backup-number/aliases/old', { method: 'PUT', headers: jsonType, body: release }));
  assertOk(await send(url, '/api/secrets/token', { method: 'PUT', body: 'not in the clear' }));
  await deploy(url, 'backup-secret', await readFile(command), { secrets: { API_TOKEN: 'token' } });
  const schedule = JSON.stringify({ function: 'backup-add', cron: '0 0 1 1 *', body: { a: 1, b: 2 } });
  assertOk(await send(url, '/api/schedules/backup-yearly', { method: 'PUT', headers: jsonType, body: schedule }));
  const { json } = await send(url, '/async/backup-add?a=1&b=2', { method: 'POST' });
  assertOk(await send(url, `/api/invocations/${(json as { id: string }).id}/result?wait=30s`));
}

/** @returns what a caller and an operator see, but for the port that it is seen at */
async function look(url: string): Promise<readonly string[]> {
  const calls = ['backup-add?a=40&b=2', 'backup-number', 'backup-number:old', 'backup-number@2', 'backup-secret/environment'];
  const lists = ['functions', 'functions/backup-number/versions', 'functions/backup-number/releases', 'schedules', 'secrets'];
  const paths = [...calls.map((path) => `/fn/${path}`), ...[...lists, 'invocations?function=backup-add'].map((path) => `/api/${path}`)];
  const answers = await Promise.all(paths.map((path) => send(url, path)));
  answers.forEach(assertOk);
  return answers.map(({ text }) => text.replaceAll(new URL(url).port, 'port'));
}

function assertOk({ status, text }: { status: number; text: string }): void {
  assert.ok(status >= 200 && status < 300, text);
}

const skip = skipWithout('pg_dump', debianPostgresPackages);

test('a cluster comes back from pg_dump, with a Redis that knows nothing', { timeout: 120_000, skip }, async (t) => {
  const postgres = await startDebianPostgres();
  t.after(() => postgres.stop());
  const folder = await mkdtemp(join(tmpdir(), 'bantam-backup-'));
  t.after(() => rm(folder, { recursive: true }));
  const url = postgres.url('bantam');
  const start = (prepare: () => Promise<void>): ReturnType<typeof startCluster> =>
    startCluster(
      {
        createDatabase: async () => url,
        createRegistry: async () => {
          await prepare();
          return url;
        },
      },
      secrets,
    );

  const before = await start(async () => {
    await runSql(postgres.url('postgres'), 'create database bantam');
    await migrate(url, () => {});
  });
  await fill(before.url);
  const seen = await look(before.url);
  for (const worker of before.workers) assert.equal(await worker.stop(), 0);
  // Nobody is there to run it before the dump.
  const { json } = await send(before.url, '/async/backup-number', { method: 'POST' });
  const { id } = json as { id: string };
  await postgres.run('pg_dump', ['--format=custom', `--file=${join(folder, 'bantam.dump')}`, url]);
  await before.stop();
  await runSql(postgres.url('postgres'), 'drop database bantam');

  const after = await start(async () => {
    await runSql(postgres.url('postgres'), 'create database bantam');
    await postgres.run('pg_restore', ['--exit-on-error', `--dbname=${url}`, join(folder, 'bantam.dump')]);
  });
  t.after(() => after.stop());
  assertAnswer(await send(after.url, `/api/invocations/${id}/result?wait=30s`), 2);
  assert.deepEqual(await look(after.url), seen);
});

test('an embedded server comes back from a copy of its folder', { timeout: 60_000 }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'bantam-backup-'));
  t.after(() => rm(folder, { recursive: true }));
  const [dataDir, copy] = [join(folder, 'data'), join(folder, 'copy')];
  const env = { BANTAM_DATA_DIR: dataDir, ...secrets };
  const before = await startEmbedded(env);
  await fill(before.url);
  const seen = await look(before.url);
  await before.stop();
  await cp(dataDir, copy, { recursive: true, preserveTimestamps: true });
  await rm(dataDir, { recursive: true });
  await cp(copy, dataDir, { recursive: true, preserveTimestamps: true });

  const after = await startEmbedded(env);
  t.after(() => after.stop());
  assert.deepEqual(await look(after.url), seen);
});
