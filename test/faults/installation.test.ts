/** `npm start` where an installation is not as comfortable as a developer's: below a folder of root's only, and as an ordinary user. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { checkIncrement, increment } from '../fixtures/fault-guests.ts';
import { publish } from '../support/client.ts';
import { noOtherUser } from '../support/other-user.ts';
import { Program, type ProgramOptions } from '../support/program.ts';

const root = join(import.meta.dirname, '../..');
const skip = process.getuid?.() === 0 ? false : 'needs root, to become others and to have a folder of its own';
/** What is in an installation, and what tests and documentation leave out. */
const notInstalled = new Set(['test', 'bench', 'docs', '.git', '.bantam']);

/** By hard links: the same files, at another place. */
async function copyProject(t: TestContext, parent: string): Promise<string> {
  const outer = await mkdtemp(join(parent, 'bantam-test-'));
  t.after(() => rm(outer, { recursive: true, force: true, maxRetries: 5 }));
  const copy = join(outer, 'bantam');
  await mkdir(copy);
  const names = (await readdir(root)).filter((name) => !notInstalled.has(name));
  await promisify(execFile)('cp', ['-al', ...names.map((name) => join(root, name)), copy]).catch(() =>
    // Another file system.
    promisify(execFile)('cp', ['-a', ...names.map((name) => join(root, name)), copy]),
  );
  return copy;
}

interface Locks {
  readonly uid: string;
}

/** Publishes and calls a function. @returns the locks on its executors */
async function works(t: TestContext, env: Readonly<Record<string, string>>, options: ProgramOptions): Promise<Locks> {
  const server = new Program('gateway/embedded/main.ts', { BANTAM_PORT: '0', ...env }, options);
  t.after(() => server.stop());
  const [, url = ''] = await server.prints(/ready at (http:\/\/\S+)/);
  const { status, text } = await publish(url, 'fast', await increment());
  assert.equal(status, 201, text);
  assert.equal(await checkIncrement(url, 'fast'), undefined);
  const { locks } = (await (await fetch(`${url}/api/system`)).json()) as { locks: Locks };
  t.diagnostic(JSON.stringify(locks));
  assert.equal(await server.stop(), 0, server.output);
  return locks;
}

test('npm start works as root below a folder that only root can enter', { skip, timeout: 60_000 }, async (t) => {
  const copy = await copyProject(t, homedir());
  await chmod(join(copy, '..'), 0o700);
  const { uid } = await works(t, {}, { root: copy, command: ['npm', 'start'] });
  // No other user can read the files there.
  assert.notEqual(uid, 'own');
});

test('npm start works as an ordinary user', { skip: noOtherUser, timeout: 60_000 }, async (t) => {
  const uid = 54_321;
  const dataDir = await mkdtemp(join(tmpdir(), 'bantam-test-'));
  t.after(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));
  await chown(dataDir, uid, uid);
  await works(t, { BANTAM_DATA_DIR: dataDir, HOME: dataDir }, { uid, command: ['npm', 'start'] });
});
