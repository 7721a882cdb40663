/** A PostgreSQL of its own for one path: the one that Bantam embeds. */
import { startEmbeddedPostgres } from '../../registry/embedded/start.ts';
import type { Stage } from '../path.ts';

/** @returns its URL, as DATABASE_URL takes it */
export async function startPostgres({ processes }: Stage): Promise<string> {
  const starting = startEmbeddedPostgres({ dataDir: processes.temporaryFolder(), log: () => {} });
  processes.onStop(() =>
    starting.then(
      (server) => server.stop(),
      // It did not start, which the caller hears.
      () => {},
    ),
  );
  return (await starting).url;
}
