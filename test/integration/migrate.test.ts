/** Migrations and the check of the schema at start, on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { text } from 'node:stream/consumers';
import { migrationNames, migrationsTable } from '../../registry/migrate/files.ts';
import { migrate } from '../../registry/migrate/migrate.ts';
import { checkSchema } from '../../registry/schema.ts';
import { createPool } from '../../shared/postgres.ts';
import { runSql, usePostgres } from '../support/postgres.ts';

const postgres = usePostgres();
const main = join(import.meta.dirname, '../../registry/migrate/main.ts');

async function check(url: string): Promise<void> {
  const pool = createPool(url, { max: 1, applicationName: 'test', onError: () => {} });
  try {
    await checkSchema(pool);
  } finally {
    await pool.end();
  }
}

test('brings an empty database to the newest schema, one line per migration, and has nothing to do the second time', async () => {
  const url = await postgres.createDatabase();
  const lines: string[] = [];
  await migrate(url, (line) => lines.push(line));
  assert.deepEqual(
    lines,
    (await migrationNames()).map((name) => `applied migration ${name}`),
  );
  await migrate(url, (line) => assert.fail(line));
  await check(url);
});

test('every migration is applied once when several migrate at the same time', async () => {
  const url = await postgres.createDatabase();
  const lines: string[] = [];
  await Promise.all([1, 2, 3].map(() => migrate(url, (line) => lines.push(line))));
  assert.equal(lines.length, (await migrationNames()).length);
});

test('a schema without tables, or without the newest migration, is refused and the command named that cures it', async () => {
  const url = await postgres.createDatabase();
  await assert.rejects(check(url), { name: 'StartupError', message: /lacks the migrations 0001_registry.*npm run migrate/ });
  await migrate(url, () => {});
  await runSql(url, `delete from ${migrationsTable} where name = $1`, [(await migrationNames()).at(-1)]);
  await assert.rejects(check(url), { name: 'StartupError', message: /lacks the migrations/ });
});

test('a newer schema is accepted unless it says that this code is too old for it; migrating leaves it alone', async () => {
  const url = await postgres.createRegistry();
  await runSql(url, `insert into ${migrationsTable} (name, run_on) values ('9000_from_the_future', now())`);
  await check(url);
  await migrate(url, (line) => assert.fail(line));
  await runSql(url, 'update schema_compatibility set min_supported = 9000');
  await assert.rejects(check(url), { name: 'StartupError', message: /newer Bantam .*9000.*update this one/ });
});

test('a database that is not there is REGISTRY_UNAVAILABLE', async () => {
  const url = new URL(await postgres.createDatabase());
  url.pathname = '/no_such_database';
  await assert.rejects(
    migrate(url.href, () => {}),
    { code: 'REGISTRY_UNAVAILABLE' },
  );
  await assert.rejects(check('postgres://bantam@127.0.0.1:1/bantam'), { code: 'REGISTRY_UNAVAILABLE' });
});

test('the migrate process exits 0 when done, and 1 when waiting would not help', async () => {
  const url = await postgres.createDatabase();
  const done = await run({ DATABASE_URL: url });
  const files = (await readdir(join(import.meta.dirname, '../../migrations'))).toSorted();
  const applied = files.map((file) => `applied migration ${file.replace('.sql', '')}\n`);
  assert.deepEqual(done, {
    code: 0,
    stdout: `${applied.join('')}the schema is up to date\n`,
    stderr: '',
  });

  const unset = await run({});
  assert.equal(unset.code, 1);
  assert.match(unset.stderr, /^bantam: DATABASE_URL: expected a URL .*it is not set/);

  const unknown = await run({ DATABASE_URL: `${url.replace(/\?.*/, '')}_unknown` });
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /does not exist/);
});

test('the migrate process says that it waits while the database is not up', async () => {
  const child = spawn(process.execPath, [main], { env: { DATABASE_URL: 'postgres://bantam@127.0.0.1:1/bantam' } });
  const [line] = await new Promise<Buffer[]>((resolve) => child.stderr.once('data', (...data: Buffer[]) => resolve(data)));
  assert.match(String(line), /^waiting for the database: .*ECONNREFUSED/);
  assert.equal(child.exitCode, null);
  child.kill();
});

async function run(env: Record<string, string>): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [main], { env });
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { code, stdout, stderr };
}
