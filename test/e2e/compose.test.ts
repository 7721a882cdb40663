/** What docker-compose.yml runs, as bare processes: the same commands, environment and health checks, with a Redis and a PostgreSQL of ours. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readCompose, type Service } from '../support/compose.ts';
import { untilReady } from '../support/deployment.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { usePostgres } from '../support/postgres.ts';
import { Program } from '../support/program.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const root = join(import.meta.dirname, '../..');
const adminKey = 'a-key-for-the-operator';
const authorization = `Bearer ${adminKey}`;
const postgres = usePostgres();
const compose = readCompose({ BANTAM_ADMIN_KEY: adminKey });
const services = { migrate: serviceNamed('migrate'), gateway: serviceNamed('gateway'), worker: serviceNamed('worker') };
let redis: TestRedis;
let ours: Readonly<Record<string, string>>;
const ports = { gateway: 0, worker: 0, metrics: 0 };

before(async () => {
  redis = await startRedis();
  ports.gateway = await freePort();
  ports.worker = await freePort();
  ports.metrics = await freePort();
  ours = {
    DATABASE_URL: await postgres.createDatabase(),
    REDIS_URL: redis.url,
    BANTAM_PORT: `${ports.gateway}`,
    BANTAM_WORKER_PORT: `${ports.worker}`,
    BANTAM_METRICS_PORT: `${ports.metrics}`,
    BANTAM_DATA_DIR: await mkdtemp(join(tmpdir(), 'bantam-compose-')),
  };
});
after(async () => {
  await redis.stop();
  await rm(ours['BANTAM_DATA_DIR'] ?? '', { recursive: true, force: true });
});

function serviceNamed(name: string): Service {
  const service = compose.services[name];
  assert.ok(service !== undefined, `there is no service ${name}`);
  return service;
}

/** The service's own command and environment; only where the servers are is ours. */
function run({ command = [], environment }: Service): Program {
  const [program, ...args] = command;
  assert.equal(program, 'node');
  return new Program('', { ...environment, ...ours }, { command: [process.execPath, ...args] });
}

/** @returns whether the service's health check passes, asked on our port */
function isHealthy({ healthcheck }: Service, port: number, usual: number): boolean {
  const [kind, program, ...args] = healthcheck?.test ?? [];
  assert.deepEqual([kind, program], ['CMD', 'node']);
  return (
    spawnSync(
      process.execPath,
      args.map((arg) => arg.replace(`:${usual}/`, `:${port}/`)),
    ).status === 0
  );
}

test('migrate ends with 0; gateway and worker become healthy, serve a function, and end with 0 on SIGTERM', async (t) => {
  const migrate = run(services.migrate);
  assert.equal(await migrate.ended(), 0, migrate.output);
  assert.match(migrate.output, /the schema is up to date/);

  const gateway = run(services.gateway);
  t.after(() => gateway.child.kill('SIGKILL'));
  const url = `http://127.0.0.1:${ports.gateway}`;
  await gateway.prints(/listening/);
  const worker = run(services.worker);
  t.after(() => worker.child.kill('SIGKILL'));
  await untilReady(url);
  await eventually(() => isHealthy(services.gateway, ports.gateway, 8080) && isHealthy(services.worker, ports.worker, 8081), {
    timeoutMs: 15_000,
  });

  const module = new Uint8Array(await readFile(join(root, 'examples/fib-c/fib.wasm')));
  assert.equal((await fetch(`${url}/api/functions/fib`, { method: 'PUT', body: module })).status, 401);
  assert.equal((await fetch(`${url}/api/functions/fib`, { method: 'PUT', body: module, headers: { authorization } })).status, 201);
  assert.equal(await (await fetch(`${url}/fn/fib?n=42`, { headers: { authorization } })).text(), '267914296');

  for (const port of [ports.metrics, ports.worker])
    assert.match(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text(), /^bantam_build_info/m);

  assert.equal(await worker.stop('SIGTERM'), 0, worker.output);
  await eventually(() => !isHealthy(services.worker, ports.worker, 8081));
  assert.equal(await gateway.stop('SIGTERM'), 0, gateway.output);
});
