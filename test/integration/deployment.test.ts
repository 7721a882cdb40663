/** docker-compose.yml and Dockerfile, as far as they can be checked without Docker. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { TObject } from 'typebox';
import { GatewaySettings } from '../../gateway/settings.ts';
import { MigrateSettings } from '../../registry/migrate/settings.ts';
import { loadConfig } from '../../shared/config.ts';
import { allSettings } from '../../shared/settings.ts';
import { WorkerSettings } from '../../worker/settings.ts';
import { readCompose, type Service } from '../support/compose.ts';

const root = join(import.meta.dirname, '../..');
const compose = readCompose({ BANTAM_ADMIN_KEY: 'a-key-for-the-operator' });
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const schemas: Readonly<Record<string, TObject>> = { migrate: MigrateSettings, gateway: GatewaySettings, worker: WorkerSettings };
const ours = Object.keys(schemas).map((name) => ({ name, service: serviceNamed(name) }));

test('the services are postgres, redis, migrate, gateway, worker, prometheus and grafana', () => {
  assert.deepEqual(Object.keys(compose.services), ['postgres', 'redis', 'migrate', 'gateway', 'worker', 'prometheus', 'grafana']);
});

test('it does not start without a key for the operator, and says what to set', () => {
  assert.throws(() => readCompose({}), /BANTAM_ADMIN_KEY: set it .*openssl rand/);
});

test('Redis keeps what it holds and never evicts', () => {
  assert.equal(serviceNamed('redis').command?.join(' '), 'redis-server --appendonly yes --maxmemory-policy noeviction --maxmemory 1gb');
});

test('volumes with a name are declared', () => {
  const used = Object.values(compose.services).flatMap(({ volumes }) => (volumes ?? []).filter((volume) => /^[a-z]+:/.test(volume)));
  assert.deepEqual(used.map((volume) => volume.slice(0, volume.indexOf(':'))).toSorted(), Object.keys(compose.volumes).toSorted());
});

for (const { name, service } of ours) {
  test(`${name} runs a program that is there and in the image`, () => {
    const [program, file = ''] = service.command ?? [];
    assert.equal(program, 'node');
    assert.ok(existsSync(join(root, file)), `${file} is missing`);
    assert.ok(inContext(file), `.dockerignore hides ${file}`);
  });

  test(`the environment of ${name} is a valid configuration of that process`, () => {
    // The image sets variables too (ENV in the Dockerfile).
    const image = Object.fromEntries([...dockerfile.matchAll(/^ENV (\w+)=(\S+)$/gm)].map(([, key = '', value = '']) => [key, value]));
    assert.doesNotThrow(() => loadConfig(schemas[name] as TObject, { ...image, ...service.environment }));
    const names = Object.keys(service.environment ?? {});
    assert.deepEqual(
      names.filter((variable) => !Object.hasOwn(allSettings, variable)),
      [],
    );
  });

  test(`${name} has no privileges and nothing to write to but what is mounted`, () => {
    assert.equal(service.read_only, true);
    assert.deepEqual(service.cap_drop, ['ALL']);
    assert.deepEqual(service.security_opt, ['no-new-privileges:true']);
    assert.deepEqual(service.tmpfs, ['/tmp']);
  });

  test(`${name} starts only after what it depends on`, () => {
    const conditions = Object.entries(service.depends_on ?? {}).map(([on, { condition }]) => `${on} ${condition}`);
    const expected =
      name === 'migrate' ? ['postgres service_healthy'] : ['migrate service_completed_successfully', 'redis service_healthy'];
    assert.deepEqual(conditions, expected);
    assert.ok(Object.keys(service.depends_on ?? {}).every((on) => on === 'migrate' || serviceNamed(on).healthcheck !== undefined));
  });
}

for (const name of ['gateway', 'worker']) {
  const service = serviceNamed(name);

  test(`${name} gets more time to stop than it takes for itself`, () => {
    const settings = loadConfig(schemas[name] as TObject, service.environment ?? {}) as Record<string, number>;
    const ownMs = (settings['BANTAM_SHUTDOWN_GRACE_MS'] ?? 0) + (settings['BANTAM_DRAIN_DELAY_MS'] ?? 0);
    const givenS = /^([0-9]+)s$/.exec(service.stop_grace_period ?? '')?.[1];
    assert.ok(Number(givenS) * 1_000 > ownMs, `${givenS} s against ${ownMs} ms`);
  });

  test(`the health check of ${name} asks the port it listens on and follows the answer`, async (t) => {
    const settings = loadConfig(schemas[name] as TObject, service.environment ?? {});
    const port = (settings as Record<string, unknown>)[name === 'gateway' ? 'BANTAM_PORT' : 'BANTAM_WORKER_PORT'];
    const [kind, ...command] = service.healthcheck?.test ?? [];
    assert.equal(kind, 'CMD');
    assert.ok(command.join(' ').includes(`http://127.0.0.1:${String(port)}/readyz`), command.join(' '));

    const server = await startServer(t);
    const here = command.map((word) => word.replace(`127.0.0.1:${String(port)}`, `127.0.0.1:${server.port}`));
    assert.equal(await exitCode(here), 0);
    server.status = 503;
    assert.equal(await exitCode(here), 1);
    await server.close();
    assert.equal(await exitCode(here), 1);
  });
}

test('workers can be scaled: no fixed name, no port of the host', () => {
  const { container_name, ports } = serviceNamed('worker');
  assert.equal(container_name, undefined);
  assert.equal(ports, undefined);
});

test('a worker may write to its data folder', () => {
  const folder = /^ENV BANTAM_DATA_DIR=(\S+)$/m.exec(dockerfile)?.[1];
  assert.ok(folder !== undefined && serviceNamed('worker').volumes?.includes(folder));
  assert.match(dockerfile, new RegExp(`mkdir ${folder} && chown node:node ${folder}`));
});

test('the image runs as an ordinary user', () => {
  assert.deepEqual(
    [...dockerfile.matchAll(/^USER (.*)$/gm)].map(([, user]) => user),
    ['node'],
  );
});

test('what the Dockerfile copies is there and in the build context', () => {
  const copied = [...dockerfile.matchAll(/^COPY (.*) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '));
  assert.deepEqual(copied, ['package.json', 'package-lock.json', '.']);
  for (const source of copied.filter((path) => path !== '.')) assert.ok(existsSync(join(root, source)) && inContext(source), source);
});

test('every folder that a process imports from or starts programs from is in the image', () => {
  const needed = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .filter((name) => !['node_modules', 'bench', 'cli', 'docs', 'examples', 'ops', 'test'].includes(name));
  assert.ok(needed.includes('gateway'));
  assert.deepEqual(
    needed.filter((name) => !inContext(name)),
    [],
  );
});

test('.dockerignore lets through only what exists', () => {
  assert.deepEqual(
    ignoreLines().filter((line) => line !== '*' && !existsSync(join(root, line.slice(1)))),
    [],
  );
});

function serviceNamed(name: string): Service {
  const service = compose.services[name];
  assert.ok(service !== undefined, `there is no service ${name}`);
  return service;
}

/** .dockerignore hides everything, then names what is let through; no other form is used. */
function inContext(path: string): boolean {
  const [first, ...rest] = ignoreLines();
  assert.equal(first, '*');
  assert.ok(rest.every((line) => /^![A-Za-z.-]+$/.test(line)));
  return rest.some((line) => path === line.slice(1) || path.startsWith(`${line.slice(1)}/`));
}

function ignoreLines(): string[] {
  const lines = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

interface StatusServer {
  readonly port: number;
  status: number;
  close(): Promise<void>;
}

async function startServer(t: TestContext): Promise<StatusServer> {
  const server = createServer((_request, response) => response.writeHead(state.status, { connection: 'close' }).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const state: StatusServer = {
    port: (server.address() as AddressInfo).port,
    status: 200,
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
  return state;
}

async function exitCode([program = '', ...args]: readonly string[]): Promise<unknown> {
  const [code] = (await once(spawn(program, args, { stdio: 'ignore' }), 'exit')) as [number | null];
  return code;
}
