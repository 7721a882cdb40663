/** The units of ops/systemd: systemd reads them without complaint, and what they take from a process leaves its locks on guests possible. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { add, spin } from '../fixtures/guests.ts';
import { isThere } from '../support/debian.ts';
import { knowsWorkers, startCluster } from '../support/deployment.ts';
import { assertAnswer, assertProblem, deploy, invoke } from '../support/functions.ts';
import { noOtherUser } from '../support/other-user.ts';
import { usePostgres } from '../support/postgres.ts';
import { Program } from '../support/program.ts';

const root = join(import.meta.dirname, '../..');
const units = globSync(join(root, 'ops/systemd/*.service'));
const isRoot = process.getuid?.() === 0;
const postgres = usePostgres();

/** @returns the value of a setting in a unit, empty when it is set to nothing */
function setting(unit: string, name: string): string {
  const value = new RegExp(`^${name}=(.*)$`, 'm').exec(readFileSync(join(root, 'ops/systemd', unit), 'utf8'))?.[1];
  assert.notEqual(value, undefined, `${unit} does not say ${name}`);
  return value ?? '';
}

/** @returns a command that gives the one after it the capabilities of a unit, and no new ones */
function confined(unit: string, more: readonly string[] = []): [string, ...string[]] {
  assert.equal(setting(unit, 'NoNewPrivileges'), 'yes');
  const kept = setting(unit, 'CapabilityBoundingSet')
    .split(' ')
    .filter(Boolean)
    .map((name) => `+${name.replace('CAP_', '').toLowerCase()}`);
  return ['setpriv', ...more, '--no-new-privs', `--bounding-set=${['-all', ...kept].join(',')}`, '--inh-caps=-all', '--'];
}

test('systemd finds nothing to say about the units', async (t) => {
  if (!isThere('systemd-analyze')) return t.skip('there is no systemd-analyze');
  const folder = await mkdtemp(join(tmpdir(), 'bantam-units-'));
  t.after(() => rm(folder, { recursive: true }));
  await Promise.all(
    units.map((path) =>
      writeFile(join(folder, basename(path).replace('@', '@8082')), readFileSync(path, 'utf8').replaceAll('/opt/bantam', root)),
    ),
  );
  const files = globSync(join(folder, '*.service'));
  assert.equal(files.length, 3);
  const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...files], { encoding: 'utf8' });
  // It also speaks of the units of this machine.
  assert.deepEqual(
    (stdout + stderr).split('\n').filter((line) => line.includes('bantam')),
    [],
  );
});

test('a worker with the capabilities of its unit locks guests in as one with all of them does, and can stop them', async (t) => {
  if (!isRoot) return t.skip('only root has capabilities to keep');
  const command = confined('bantam-worker@.service');
  const { status, stderr } = spawnSync(command[0], [...command.slice(1), 'true'], { encoding: 'utf8' });
  if (status !== 0) return t.skip(`root does not have these capabilities here: ${stderr}`);
  const cluster = await startCluster(postgres);
  t.after(() => cluster.stop());
  const taking = /"locks":({[^}]+}).*taking invocations/;
  const all = JSON.parse(taking.exec(cluster.workers[0]?.output ?? '')?.[1] ?? '') as { uid: string };
  // As below a folder of mode 700: an executor with another uid could not read its program.
  if (all.uid !== 'own') return t.skip(`executors of root do not have uids of their own here: ${JSON.stringify(all)}`);
  const folder = await mkdtemp(join(tmpdir(), 'bantam-units-'));
  t.after(() => rm(folder, { recursive: true }));
  const env = { DATABASE_URL: cluster.databaseUrl, REDIS_URL: cluster.redis.url, BANTAM_WORKER_PORT: '0', BANTAM_DATA_DIR: folder };
  const worker = new Program('', env, { command: [...command, process.execPath, 'worker/main.ts'] });
  t.after(() => worker.child.kill('SIGKILL'));
  const [, locks = ''] = await worker.prints(taking);
  assert.deepEqual(JSON.parse(locks), all);
  await knowsWorkers(cluster.url, cluster.workers.length + 1);
  for (const other of cluster.workers) await other.stop();

  await deploy(cluster.url, 'fine', add);
  assertAnswer(await invoke(cluster.url, 'fine?a=40&b=2'), 42);
  await deploy(cluster.url, 'endless', spin, { timeoutMs: 200 });
  assertProblem(await invoke(cluster.url, 'endless'), 'GUEST_DEADLINE_EXCEEDED');
  assert.equal(await worker.stop(), 0, worker.output);
});

test(
  'a gateway without any capability puts its inspectors into user and network namespaces, where the machine has them for all',
  { skip: noOtherUser },
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'bantam-units-'));
    t.after(() => rm(folder, { recursive: true }));
    const user = ['--reuid=61000', '--regid=61000', '--clear-groups'];
    const allowed = spawnSync('setpriv', [...user, '--', 'unshare', '--user', '--net', 'true']).status === 0;
    // Where that user can read it, whoever owns this folder.
    await cp(join(root, 'shared/sandbox'), join(folder, 'sandbox'), { recursive: true });
    spawnSync('chmod', ['-R', 'a+rX', folder]);
    const script = `import { probeLocks } from '${folder}/sandbox/locks.ts'; console.log(JSON.stringify((await probeLocks('${folder}/sandbox/locks.ts')).active))`;
    const [program, ...args] = [...confined('bantam-gateway.service', user), process.execPath, '--input-type=module', `--eval=${script}`];
    const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', cwd: '/' });
    assert.partialDeepStrictEqual(JSON.parse(stdout || stderr), {
      uid: allowed ? 'mapped' : 'server',
      networkNamespace: allowed,
      noNewPrivileges: true,
    });
  },
);
