/** `bantam-embedded`: the server of `npm start`, everything in one process but the executors. */
import { join } from 'node:path';
import type { Path, Stage } from '../path.ts';
import { freePort } from '../processes.ts';
import { publish } from './bantam.ts';
import { fibCall, fibFolder } from './fib.ts';
import { answersHttp } from './http.ts';

export const bantamEmbedded: Path = {
  name: 'bantam-embedded',
  call: fibCall,
  async start(stage) {
    const origin = await startEmbedded(stage);
    await publish(origin, 'fib', join(fibFolder(stage.repository), 'fib.wasm'));
    return origin;
  },
};

/** @returns the origin of a server of its own */
export async function startEmbedded({ processes, repository }: Stage): Promise<string> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  // Empty is not set: with servers of the caller's environment it would not be the embedded deployment.
  const settings = { BANTAM_PORT: `${port}`, BANTAM_DATA_DIR: processes.temporaryFolder(), DATABASE_URL: '', REDIS_URL: '' };
  await processes.serve(process.execPath, [join(repository, 'gateway/embedded/main.ts')], settings, answersHttp(`${origin}/readyz`));
  return origin;
}
