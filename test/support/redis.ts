/** A real redis-server for tests: on a free port of 127.0.0.1, without persistence, so that a restart comes back empty. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Ends it and removes what it left behind. */
  stop(): Promise<void>;
  /** SIGKILL; `restart` may follow. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty, unless it runs. */
  restart(): Promise<void>;
}

/** Installs redis-server through apt-get when it is missing and this process is root. */
export async function startRedis(): Promise<TestRedis> {
  const program = findServer() ?? installServer();
  const dir = await mkdtemp(join(tmpdir(), 'bantam-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server = await startServer(program, port, dir);
  const killOnExit = (): boolean => server.kill('SIGKILL');
  process.on('exit', killOnExit);

  async function kill(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  }

  return {
    url,
    port,
    get pid() {
      return server.pid ?? 0;
    },
    kill,
    async restart() {
      if (server.exitCode === null && server.signalCode === null) return;
      server = await startServer(program, port, dir);
    },
    async stop() {
      await kill();
      process.off('exit', killOnExit);
      await rm(dir, { recursive: true });
    },
  };
}

async function startServer(program: string, port: number, dir: string): Promise<ChildProcess> {
  const server = spawn(program, ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'no'], {
    stdio: 'ignore',
  });
  await eventually(async () => {
    const redis = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => {});
    try {
      await redis.connect();
      return true;
    } finally {
      redis.disconnect();
    }
  });
  return server;
}

/** REDIS_SERVER names the program; otherwise it is looked for in the PATH. */
function findServer(): string | undefined {
  const named = process.env['REDIS_SERVER'];
  if (named !== undefined) return named;
  return spawnSync('redis-server', ['--version']).status === 0 ? 'redis-server' : undefined;
}

function installServer(): string {
  const missing = 'tests need redis-server: install it (apt-get install redis-server, brew install redis) or name it in REDIS_SERVER';
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) throw new Error(missing);
  withoutStartingServices(() => {
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'redis-server']]) {
      const { status, stderr } = spawnSync('apt-get', args, {
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`${missing}; apt-get ${args[0]} failed: ${stderr}`);
    }
  });
  return 'redis-server';
}

/** Debian asks this file whether a package may start its service (invoke-rc.d(8)). */
function withoutStartingServices(install: () => void): void {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return install();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    rmSync(policy);
  }
}
