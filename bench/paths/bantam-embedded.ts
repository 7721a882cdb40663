/** `bantam-embedded`: the server of `npm start`, everything in one process but the executors. */
import { join } from 'node:path';
import type { Path } from '../path.ts';
import { freePort } from '../processes.ts';
import { publishGuest } from './bantam.ts';
import { answersHttp } from './http.ts';

export const bantamEmbedded: Path = {
  name: 'bantam-embedded',
  async start(stage) {
    const { processes, repository } = stage;
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    // Empty is not set: with servers of the caller's environment it would not be the embedded deployment.
    const settings = { BANTAM_PORT: `${port}`, BANTAM_DATA_DIR: processes.temporaryFolder(), DATABASE_URL: '', REDIS_URL: '' };
    await processes.serve(process.execPath, [join(repository, 'gateway/embedded/main.ts')], settings, answersHttp(`${origin}/readyz`));
    await publishGuest(origin, stage);
    return origin;
  },
};
