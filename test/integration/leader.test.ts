/** Leadership over an advisory lock of a real PostgreSQL. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { Leader } from '../../gateway/leader.ts';
import { eventually } from '../support/eventually.ts';
import { runSql, usePostgres } from '../support/postgres.ts';

const postgres = usePostgres();
const url = postgres.createDatabase();

let offices = 0;

interface Candidate {
  readonly leader: Leader;
  readonly errors: unknown[];
}

/** Candidates for an office of its own, the first of which leads. */
async function stand(t: TestContext, count: number): Promise<{ lock: number; candidates: readonly Candidate[]; first: Candidate }> {
  const lock = ++offices;
  const at = await url;
  const candidate = (): Candidate => {
    const errors: unknown[] = [];
    return { leader: new Leader(at, { lock, name: `office-${lock}`, onError: (error) => errors.push(error) }), errors };
  };
  const first = candidate();
  await eventually(() => first.leader.leading);
  const candidates = [first, ...Array.from({ length: count - 1 }, candidate)];
  t.after(() => Promise.all(candidates.map(({ leader }) => leader.close())));
  return { lock, candidates, first };
}

/** Sessions that hold the lock, or all of the office. */
async function sessions(lock: number): Promise<{ pid: number; holds: boolean }[]> {
  return runSql(
    await url,
    `select a.pid, exists(select from pg_locks l where l.pid = a.pid and l.locktype = 'advisory' and l.granted) as holds
     from pg_stat_activity a where a.application_name = $1`,
    [`bantam-office-${lock}`],
  );
}

test('one leads, and when it leaves another does', async (t) => {
  const { lock, candidates, first } = await stand(t, 3);
  await eventually(async () => (await sessions(lock)).length === 3);
  assert.deepEqual(
    candidates.map(({ leader }) => leader.leading),
    [true, false, false],
  );
  await first.leader.close();
  assert.equal(first.leader.leading, false);
  await eventually(() => candidates.some(({ leader }) => leader.leading));
  await eventually(async () => (await sessions(lock)).length === 2);
  assert.equal((await sessions(lock)).filter(({ holds }) => holds).length, 1);
});

test('a leader whose session ends knows it, says so once, and stands again', async (t) => {
  const { lock, first, candidates } = await stand(t, 1);
  await runSql(await url, 'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [`bantam-office-${lock}`]);
  await eventually(() => !first.leader.leading);
  await eventually(() => first.leader.leading);
  assert.equal(first.errors.length, 1);
  assert.equal(candidates.length, 1);
});

test('one that holds the lock keeps it for as long as it beats', async (t) => {
  const { lock, first } = await stand(t, 1);
  const pidOf = async (): Promise<number | undefined> => (await sessions(lock))[0]?.pid;
  const pid = await pidOf();
  const startMs = performance.now();
  // Longer than the server keeps a silent session.
  await eventually(() => performance.now() - startMs > 6_000, { timeoutMs: 10_000 });
  assert.equal(first.leader.leading, true);
  assert.equal(await pidOf(), pid);
});

test('a leader whose network is dead is none any more before another is one', async (t) => {
  const lock = ++offices;
  const network = await cutable(t, await url);
  const ignore = (): void => {};
  const first = new Leader(network.url, { lock, name: `office-${lock}`, onError: ignore });
  await eventually(() => first.leading);
  const second = new Leader(await url, { lock, name: `office-${lock}`, onError: ignore });
  t.after(() => Promise.all([first.close(), second.close()]));
  network.cut();
  await eventually(
    () => {
      if (first.leading && second.leading) assert.fail('two lead at once');
      return second.leading;
    },
    { timeoutMs: 10_000 },
  );
});

test('a server that cannot be reached has no leader, and is an error once', async () => {
  const errors: unknown[] = [];
  const leader = new Leader('postgres://127.0.0.1:1/none', { lock: 1, name: 'nobody', onError: (error) => errors.push(error) });
  await eventually(() => errors.length === 1);
  assert.equal(leader.leading, false);
  await leader.close();
});

/** A way to the server that can go dead: connections stay open, and nothing comes through any more. */
async function cutable(t: TestContext, serverUrl: string): Promise<{ readonly url: string; cut(): void }> {
  const server = new URL(serverUrl);
  const socketName = `.s.PGSQL.${server.port}`;
  const folder = await mkdtemp(join(tmpdir(), 'bantam-cut-'));
  const sockets = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = connect(join(decodeURIComponent(server.hostname), socketName));
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => {});
      from.on('data', (chunk) => to.write(chunk));
    }
  });
  await new Promise<void>((resolve) => proxy.listen(join(folder, socketName), resolve));
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
    await rm(folder, { recursive: true });
  });
  const through = new URL(serverUrl);
  through.hostname = encodeURIComponent(folder);
  return {
    url: through.href,
    cut: () => {
      for (const socket of sockets) socket.pause();
      proxy.close();
    },
  };
}
