/** A real redis-server for tests: on a free port of 127.0.0.1, without persistence, so that a restart comes back empty. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { needProgram } from './debian.ts';
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

/** REDIS_SERVER names the program; otherwise it is taken from the PATH, or installed. */
export async function startRedis(): Promise<TestRedis> {
  const program = process.env['REDIS_SERVER'] ?? needProgram('redis-server', ['redis-server']);
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
