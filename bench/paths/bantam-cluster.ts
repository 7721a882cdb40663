/** `bantam-cluster`: one gateway and one worker as processes of their own, on a real Redis and a real Postgres. */
import { join } from 'node:path';
import type { Path, Stage } from '../path.ts';
import { freePort } from '../processes.ts';
import { publish } from './bantam.ts';
import { fibCall, fibFolder } from './fib.ts';
import { answersHttp } from './http.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';

export interface Cluster {
  readonly origin: string;
  readonly redisPort: number;
  readonly databaseUrl: string;
}

export const bantamCluster: Path = {
  name: 'bantam-cluster',
  call: fibCall,
  async start(stage) {
    const { origin } = await startCluster(stage);
    await publish(origin, 'fib', join(fibFolder(stage.repository), 'fib.wasm'));
    return origin;
  },
};

/** Nothing is published there yet. */
export async function startCluster(stage: Stage): Promise<Cluster> {
  const { processes, repository } = stage;
  const [port, workerPort] = [await freePort(), await freePort()];
  const origin = `http://127.0.0.1:${port}`;
  const redisPort = await startRedis(stage);
  const databaseUrl = await startPostgres(stage);
  const settings = {
    BANTAM_PORT: `${port}`,
    BANTAM_WORKER_PORT: `${workerPort}`,
    BANTAM_DATA_DIR: processes.temporaryFolder(),
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    DATABASE_URL: databaseUrl,
  };
  await processes.run(process.execPath, [join(repository, 'registry/migrate/main.ts')], settings);
  await processes.serve(
    process.execPath,
    [join(repository, 'worker/main.ts')],
    settings,
    answersHttp(`http://127.0.0.1:${workerPort}/readyz`),
  );
  await processes.serve(process.execPath, [join(repository, 'gateway/main.ts')], settings, answersHttp(`${origin}/readyz`));
  return { origin, redisPort, databaseUrl };
}
