/** The two deployments as a user starts them, as processes on free ports, and the end of everything they started. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import type { TestPostgres } from './postgres.ts';
import { type Environment, Program } from './program.ts';
import { parseMetrics } from './prometheus.ts';
import { startRedis, type TestRedis } from './redis.ts';

export interface Deployment {
  readonly name: 'embedded' | 'cluster';
  /** A gateway, `http://127.0.0.1:port`. */
  readonly url: string;
  /** Where the worker has its metrics: the same where it lives in the gateway's process. */
  readonly workerUrl: string;
  /** SIGTERM to all; rejects when one does not exit with 0. */
  stop(): Promise<void>;
}

export interface EmbeddedDeployment extends Deployment {
  readonly server: Program;
  readonly dataDir: string;
}

/** @param env settings beside port and data folder; BANTAM_DATA_DIR here is kept, else it is a new one that `stop` removes */
export async function startEmbedded(env: Environment = {}): Promise<EmbeddedDeployment> {
  const dataDir = env['BANTAM_DATA_DIR'] ?? (await mkdtemp(join(tmpdir(), 'bantam-e2e-')));
  const server = new Program('gateway/embedded/main.ts', { BANTAM_PORT: '0', BANTAM_DATA_DIR: dataDir, ...env });
  const [, url = ''] = await server.prints(/ready at (https?:\/\/\S+)/);
  return {
    name: 'embedded',
    url,
    workerUrl: url,
    server,
    dataDir,
    async stop() {
      await stopAll([server]);
      if (env['BANTAM_DATA_DIR'] === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export interface ClusterDeployment extends Deployment {
  readonly databaseUrl: string;
  readonly redis: TestRedis;
  readonly gateways: readonly GatewayProgram[];
  readonly workers: readonly Program[];
  /** Starts one more and waits until it is ready. */
  addGateway(env?: Environment): Promise<GatewayProgram>;
  addWorker(env?: Environment): Promise<Program>;
}

export interface GatewayProgram {
  readonly program: Program;
  readonly url: string;
}

/** What a worker prints once it takes invocations, with its own address. */
const tookUp = /"url":"(http:[^"]+)","msg":"taking invocations"/;

/** One gateway, one worker, a Redis and a database of their own. @param env settings of gateway and worker alike */
export async function startCluster(postgres: TestPostgres, env: Environment = {}): Promise<ClusterDeployment> {
  const [redis, databaseUrl, dataDir] = await Promise.all([
    startRedis(),
    postgres.createRegistry(),
    mkdtemp(join(tmpdir(), 'bantam-e2e-')),
  ]);
  const gateways: GatewayProgram[] = [];
  const workers: Program[] = [];
  const common = {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redis.url,
    BANTAM_PORT: '0',
    BANTAM_WORKER_PORT: '0',
    BANTAM_DATA_DIR: dataDir,
    ...env,
  };

  async function addWorker(more: Environment = {}): Promise<Program> {
    const worker = new Program('worker/main.ts', { ...common, ...more });
    workers.push(worker);
    await worker.prints(tookUp);
    return worker;
  }
  async function addGateway(more: Environment = {}): Promise<GatewayProgram> {
    const program = new Program('gateway/main.ts', { ...common, ...more });
    const [, url = ''] = await program.prints(/"url":"(http:[^"]+)"/);
    const gateway = { program, url };
    gateways.push(gateway);
    return gateway;
  }

  async function startBoth(): Promise<[GatewayProgram, Program]> {
    const both = await Promise.all([addGateway(), addWorker()]);
    const [{ url }] = both;
    await untilReady(url);
    // Where its metrics are elsewhere, or for some only, a test has to wait by itself.
    if ((await fetch(`${url}/metrics`)).ok) await knowsWorkers(url, 1);
    return both;
  }

  const [gateway, worker] = await startBoth().catch(async (error: unknown) => {
    // A test that leaves something running never ends.
    await Promise.allSettled([stopAll([...gateways.map(({ program }) => program), ...workers]), redis.stop()]);
    throw error;
  });
  return {
    name: 'cluster',
    url: gateway.url,
    workerUrl: tookUp.exec(worker.output)?.[1] ?? '',
    databaseUrl,
    redis,
    gateways,
    workers,
    addGateway: async (more) => {
      const added = await addGateway(more);
      await untilReady(added.url);
      return added;
    },
    addWorker,
    async stop() {
      await stopAll([...gateways.map(({ program }) => program), ...workers]);
      await redis.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Waits for 200 of /readyz. */
export async function untilReady(url: string, timeoutMs = 15_000): Promise<void> {
  await eventually(async () => (await fetch(`${url}/readyz`)).status === 200, { timeoutMs });
}

/** Waits until a gateway knows of that many workers. One that does not yet would say that there is none when those it knows go. */
export async function knowsWorkers(url: string, count: number): Promise<void> {
  await eventually(async () => parseMetrics(await (await fetch(`${url}/metrics`)).text()).get('bantam_queue_workers') === count);
}

async function stopAll(programs: readonly Program[]): Promise<void> {
  const living = programs.filter((program) => program.running);
  const codes = await Promise.all(living.map((program) => program.stop()));
  const wrong = living.filter((_, i) => codes[i] !== 0);
  if (wrong.length > 0) throw new Error(`did not exit with 0: ${wrong.map(({ output }) => output).join('\n')}`);
}
