/** Versions that nobody points to: deleted one by one on demand, or by count after publishes. */
import type pg from 'pg';
import { BantamError } from '../contracts/errors.ts';
import { latestAlias } from '../contracts/release.ts';
import { inTransaction } from '../shared/postgres.ts';
import { notifyChange } from './changes.ts';
import { lockFunction, onFunction } from './functions.ts';
import { dropVersions, holdVersions } from './version-deletion.ts';

/** Deleted by one sweep at most; the next one goes on. */
const maxSwept = 1_000;

/**
 * Deletes one version; its number is not given again.
 * @throws BantamError FUNCTION_NOT_FOUND, VERSION_NOT_FOUND, REGISTRY_UNAVAILABLE, VERSION_IN_USE with the names of `aliases`, and how
 * many `invocations` are queued or running
 */
export function deleteVersion(pool: pg.Pool, name: string, version: number): Promise<void> {
  return onFunction(pool, name, async (client, row) => {
    const { rows } = await client.query<{ alias: string }>(
      `select a.alias from aliases a join releases r on r.id = a.release
       where a.function_id = $1 and $2 = any(r.versions) order by a.alias`,
      [row.id, version],
    );
    const aliases = [...(version === row.latest_version ? [latestAlias] : []), ...rows.map(({ alias }) => alias)];
    const invocations = (await holdVersions(client, { id: row.id, name }, [version])).get(version) ?? 0;
    if (aliases.length > 0 || invocations > 0) {
      const users = [
        ...aliases,
        ...(invocations > 0 ? [`${invocations} unfinished ${invocations === 1 ? 'invocation' : 'invocations'}`] : []),
      ];
      return new BantamError('VERSION_IN_USE', `version ${version} of "${name}" is in use by ${users.join(', ')}`, {
        aliases,
        invocations,
      });
    }
    if ((await dropVersions(client, row.id, [version])) === 0) {
      return new BantamError('VERSION_NOT_FOUND', `there is no function "${name}" with version ${version}`);
    }
    await notifyChange(client, name);
    return undefined;
  });
}

/**
 * Deletes all but the newest versions of those that are neither the latest, nor what an alias points to or would be rolled back to.
 * Those with queued or running invocations stay until a later sweep.
 * @param keep how many of those stay; 0: all
 * @returns how many were deleted
 * @throws BantamError REGISTRY_UNAVAILABLE
 */
export function sweepVersions(pool: pg.Pool, name: string, keep: number): Promise<number> {
  if (keep === 0) return Promise.resolve(0);
  return inTransaction(pool, async (client) => {
    const row = await lockFunction(client, name);
    if (row === undefined) return 0;
    const { rows } = await client.query<{ version: number }>(
      `select version from versions
       where function_id = $1 and version <> $2 and version not in (
         select unnest(r.versions)
         from aliases a join releases head on head.id = a.release join releases r on r.id in (head.id, head.beneath)
         where a.function_id = $1)
       order by version desc offset $3 limit $4`,
      [row.id, row.latest_version, keep, maxSwept],
    );
    if (rows.length === 0) return 0;
    const candidates = rows.map(({ version }) => version);
    const held = await holdVersions(client, { id: row.id, name }, candidates);
    const swept = await dropVersions(
      client,
      row.id,
      candidates.filter((version) => !held.has(version)),
    );
    if (swept === 0) return 0;
    await notifyChange(client, name);
    return swept;
  });
}
