/** The embedded PostgreSQL: every way a data folder can be found at start. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { findPostgresBinaries } from '../../registry/embedded/binaries.ts';
import { findLauncher, launch } from '../../registry/embedded/launch.ts';
import { readPostmaster } from '../../registry/embedded/postmaster.ts';
import { postgresArguments } from '../../registry/embedded/server.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../registry/embedded/start.ts';
import { eventually } from '../support/eventually.ts';
import { noOrdinaryUser, noOtherUser, ordinaryUser } from '../support/other-user.ts';
import { runSql } from '../support/postgres.ts';

const fixture = join(import.meta.dirname, '../fixtures/embedded-server.ts');

const endings = new WeakMap<TestContext, (() => unknown)[]>();

/** As t.after, but the last comes first: a server stops before its folder goes. */
function atEnd(t: TestContext, ending: () => unknown): void {
  const all = endings.get(t) ?? [];
  if (all.length === 0) {
    t.after(async () => {
      for (const each of all.toReversed()) await each();
    });
  }
  endings.set(t, all);
  all.push(ending);
}

/** Of mode 0700 and, as root, root's: no other user can enter it. */
async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bantam-test-'));
  atEnd(t, () => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Copied by tests that are not about the first start. */
let template: string;

before(async () => {
  template = await mkdtemp(join(tmpdir(), 'bantam-test-'));
  await (await startEmbeddedPostgres({ dataDir: template, log: () => {} })).stop();
});
after(() => rm(template, { recursive: true }));

/** A data folder that was used before. */
async function usedFolder(t: TestContext): Promise<string> {
  const folder = await newFolder(t);
  await cp(template, folder, { recursive: true, preserveTimestamps: true });
  return folder;
}

async function start(t: TestContext, dataDir: string, lines: string[] = []): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, log: (line) => lines.push(line) });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= server.stop());
  atEnd(t, stop);
  return { url: server.url, stop };
}

interface Fixture {
  readonly child: ChildProcess;
  /** The URL, or the error. */
  readonly firstLine: Promise<string>;
  readonly exit: Promise<number | null>;
}

function startFixture(t: TestContext, dataDir: string, options: { uid?: number; gid?: number } = {}): Fixture {
  const child = spawn(process.execPath, [fixture, dataDir], { stdio: ['ignore', 'pipe', 'inherit'], ...options });
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  atEnd(t, async () => {
    child.kill('SIGTERM');
    await exit;
  });
  const firstLine = new Promise<string>((resolve) => child.stdout?.once('data', (chunk) => resolve(String(chunk).trim())));
  return { child, firstLine, exit };
}

/** Processes of PostgreSQL working in a cluster. */
async function processesOf(cluster: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return pids.filter((_, index) => folders[index] === cluster);
}

test('the first start makes the database, later ones find it again, and stop leaves no process, socket or lock behind', async (t) => {
  const dataDir = join(await newFolder(t), 'made/on/the/way');
  const first = await start(t, dataDir);
  await runSql(first.url, 'create table kept as select 42 as answer');
  const socketFolder = await readFile(join(dataDir, 'postgres.socket'), 'utf8');
  await first.stop();
  assert.deepEqual(await processesOf(join(dataDir, 'postgres')), []);
  assert.equal(existsSync(socketFolder), false);
  assert.deepEqual((await readdir(dataDir)).toSorted(), ['postgres', 'postgres.lock']);

  const second = await start(t, dataDir);
  assert.deepEqual(await runSql(second.url, 'select answer from kept'), [{ answer: 42 }]);
  assert.deepEqual(await runSql(second.url, 'show fsync'), [{ fsync: 'on' }]);
  assert.deepEqual(await runSql(second.url, 'show synchronous_commit'), [{ synchronous_commit: 'on' }]);
});

test('stop does not wait for open connections', async (t) => {
  const server = await start(t, await usedFolder(t));
  const sleeping = assert.rejects(runSql(server.url, 'select pg_sleep(600)'));
  await eventually(async () => (await runSql(server.url, "select from pg_stat_activity where wait_event = 'PgSleep'")).length === 1);
  await Promise.all([server.stop(), sleeping]);
});

test('a server killed with SIGKILL takes nothing committed with it, and the folder can be used again at once', async (t) => {
  const dataDir = await usedFolder(t);
  for (let round = 1; round <= 3; round++) {
    const { child, firstLine, exit } = startFixture(t, dataDir);
    const url = await firstLine;
    await runSql(url, 'create table if not exists kept (round integer)');
    await runSql(url, 'insert into kept values ($1)', [round]);
    const socketFolder = await readFile(join(dataDir, 'postgres.socket'), 'utf8');
    child.kill('SIGKILL');
    await exit;
    const next = await start(t, dataDir);
    assert.equal((await runSql(next.url, 'select from kept')).length, round);
    assert.equal(existsSync(socketFolder), false);
    await next.stop();
  }
});

test('a PostgreSQL left behind by a killed server is stopped and what it committed is there', async (t) => {
  const dataDir = await usedFolder(t);
  const cluster = join(dataDir, 'postgres');
  // As after kill -9 where the system cannot tie it to its parent.
  const { postgres } = await findPostgresBinaries();
  const launcher = await findLauncher();
  const untied = launcher.slice(0, Math.max(0, launcher.indexOf('setpriv')));
  const socketFolder = await mkdtemp(join(tmpdir(), 'bantam-pg-'));
  await writeFile(join(dataDir, 'postgres.socket'), socketFolder);
  const orphan = launch(untied, postgres, postgresArguments(cluster, socketFolder));
  await eventually(async () => (await readPostmaster(cluster))?.ready === true);
  await runSql(`postgres://bantam@${encodeURIComponent(socketFolder)}/postgres`, 'create table kept as select 42 as answer');

  const lines: string[] = [];
  const server = await start(t, dataDir, lines);
  assert.ok(lines.includes(`stopped the PostgreSQL that a killed server left behind (process ${orphan.pid})`), lines.join('\n'));
  assert.deepEqual(await runSql(server.url, 'select answer from kept'), [{ answer: 42 }]);
  assert.equal(existsSync(socketFolder), false);
});

test('a postmaster.pid whose number is now another process, or none, is no obstacle, and that process is left alone', async (t) => {
  const dataDir = await usedFolder(t);
  const bystander = spawn('sleep', ['600']);
  atEnd(t, () => bystander.kill());
  for (const pid of [bystander.pid, 4_194_304]) {
    await writeFile(join(dataDir, 'postgres/postmaster.pid'), `${pid}\n${dataDir}/postgres\n1\n5432\n/nowhere\n\n 1 1\nready   \n`);
    await (await start(t, dataDir)).stop();
  }
  assert.equal(bystander.exitCode, null);
  assert.equal(bystander.signalCode, null);
});

test('PostgreSQL is started again when it dies under the server, at the same address', async (t) => {
  const dataDir = await usedFolder(t);
  const server = await start(t, dataDir);
  await runSql(server.url, 'create table kept as select 42 as answer');
  const postmaster = await readPostmaster(join(dataDir, 'postgres'));
  process.kill(postmaster?.pid ?? Number.NaN, 'SIGKILL');
  await eventually(async () => (await readPostmaster(join(dataDir, 'postgres')))?.pid !== postmaster?.pid, { timeoutMs: 10_000 });
  assert.deepEqual(await eventually(() => runSql(server.url, 'select answer from kept')), [{ answer: 42 }]);
});

test('a folder in use by a living server is refused in one line, in this process and from another', async (t) => {
  const dataDir = await usedFolder(t);
  const server = await start(t, dataDir);
  const inUse = /^StartupError: the data folder \S+ is in use by another Bantam server: .*$/;
  await assert.rejects(start(t, dataDir), inUse);
  const other = startFixture(t, dataDir);
  assert.match(await other.firstLine, inUse);
  assert.equal(await other.exit, 1);
  assert.equal((await runSql(server.url, 'select 1')).length, 1);
});

const refused = /^StartupError: the data folder \S+ cannot be written to \(.*(ENOTDIR|EACCES|EEXIST).*\): .*$/;

test('a folder that is a file, or below one, is refused in one line', async (t) => {
  const folder = await newFolder(t);
  await writeFile(join(folder, 'file'), '');
  await assert.rejects(start(t, join(folder, 'file/below')), refused);
  await assert.rejects(start(t, join(folder, 'file')), refused);
});

test('a folder that cannot be written to is refused in one line', { skip: noOrdinaryUser }, async (t) => {
  const folder = await newFolder(t);
  await chmod(folder, 0o555);
  const other = startFixture(t, join(folder, 'data'), ordinaryUser);
  assert.match(await other.firstLine, refused);
  assert.equal(await other.exit, 1);
  await chmod(folder, 0o755);
});

test('a database of another major version is refused in one line and left as it is', async (t) => {
  const dataDir = await newFolder(t);
  await mkdir(join(dataDir, 'postgres'));
  await writeFile(join(dataDir, 'postgres/PG_VERSION'), '9\n');
  await assert.rejects(start(t, dataDir), /^StartupError: the database in \S+ is of PostgreSQL 9, this Bantam comes with \d+: .*$/);
  assert.deepEqual(await readdir(join(dataDir, 'postgres')), ['PG_VERSION']);
});

test('a first start that is killed half-way leaves nothing that the next one minds', async (t) => {
  const dataDir = await newFolder(t);
  const { child, exit } = startFixture(t, dataDir);
  await eventually(async () => {
    const unfinished = (await readdir(dataDir)).find((name) => name.startsWith('postgres.init-'));
    return unfinished !== undefined && (await readdir(join(dataDir, unfinished))).includes('PG_VERSION');
  });
  child.kill('SIGKILL');
  await exit;
  assert.equal(existsSync(join(dataDir, 'postgres')), false);
  const server = await start(t, dataDir);
  assert.equal((await runSql(server.url, 'select 1')).length, 1);
  await server.stop();
  assert.deepEqual((await readdir(dataDir)).toSorted(), ['postgres', 'postgres.lock']);
});

test('an ordinary user starts it without any privilege', { skip: noOtherUser }, async (t) => {
  const dataDir = await newFolder(t);
  await chown(dataDir, ordinaryUser.uid ?? 0, ordinaryUser.gid ?? 0);
  const { child, firstLine, exit } = startFixture(t, dataDir, ordinaryUser);
  assert.match(await firstLine, /^postgres:/);
  child.kill('SIGTERM');
  assert.equal(await exit, 0);
  assert.match(await readFile(join(dataDir, 'postgres/PG_VERSION'), 'utf8'), /^\d+\n$/);
});

test('another user of the machine cannot connect', { skip: noOtherUser }, async (t) => {
  const dataDir = await usedFolder(t);
  const server = await start(t, dataDir);
  const socketFolder = await readFile(join(dataDir, 'postgres.socket'), 'utf8');
  const connect = `require('net').connect('${socketFolder}/.s.PGSQL.5432').on('connect', () => console.log('in')).on('error', (e) => console.log(e.code))`;
  const other = spawn(process.execPath, ['-e', connect], ordinaryUser);
  const [said] = await new Promise<Buffer[]>((resolve) => other.stdout.once('data', (...data: Buffer[]) => resolve(data)));
  other.kill();
  assert.equal(String(said), 'EACCES\n');
  assert.deepEqual(await runSql(server.url, 'show listen_addresses'), [{ listen_addresses: '' }]);
});
