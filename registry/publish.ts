/** Publishing: the transaction that adds a version of a function, unless it would say nothing new. */
import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { BantamError } from '../contracts/errors.ts';
import type { FunctionVersion } from '../contracts/function.ts';
import { namespaceOf } from '../contracts/names.ts';
import { inTransaction } from '../shared/postgres.ts';
import { assetPacks, storeAssets } from './assets.ts';
import { keepBlob } from './blobs.ts';
import { notifyChange } from './changes.ts';
import { appendEvent } from './events.ts';
import { ensureFunction, lockFunction, setLatestVersion } from './functions.ts';
import { modules, storeModule } from './modules.ts';
import { holdNamespace } from './namespaces.ts';
import type { Publication, Published, Reconfiguration } from './port.ts';
import { refusePastQuota } from './quota-counts.ts';
import { moveLive, tellRelease } from './releases.ts';
import { holdSecrets } from './version-secrets.ts';
import { findLatestVersion, insertVersion } from './versions.ts';

/**
 * Publishes of one function take turns; when the promise resolves, the version is durable and the change announced.
 * @throws BantamError NAMESPACE_NOT_FOUND; QUOTA_EXCEEDED; INVALID_CONFIG when it names a secret that is not there;
 *   REGISTRY_UNAVAILABLE: it may have been published all the same; doing it again is safe
 */
export async function publish(pool: pg.Pool, publication: Publication): Promise<Published> {
  // A refusal is returned and not thrown: it is no reason to close the connection.
  const result = await inTransaction(pool, async (client) => {
    const refusal =
      (await holdNamespace(client, namespaceOf(publication.name))) ??
      (await holdSecrets(client, publication)) ??
      (await refusePastQuota(client, publication));
    if (refusal !== undefined) return refusal;
    await ensureFunction(client, publication.name);
    const row = await lockFunction(client, publication.name);
    if (row === undefined) throw new TypeError(`the row of ${publication.name} is gone, but such rows are never deleted`);
    const latest = await findLatestVersion(client, publication.name);
    const { assets } = publication;
    if (latest !== undefined && latest.assets?.digest === assets?.digest && isSame(latest, publication)) {
      return unchanged(client, row.id, latest, publication.by);
    }
    await storeModule(client, publication.digest, publication.bytes);
    if (assets !== undefined) await storeAssets(client, assets);
    return addVersion(client, row.id, row.latest_version + 1, publication, assets?.digest);
  });
  if (result instanceof BantamError) throw result;
  return result;
}

/**
 * Publishes a module that is in the registry already, as a change of the version it was read from; the assets of that one stay.
 * @param base the version that the caller saw as the latest
 * @returns undefined when that is no longer the latest, or the function is gone: read it again
 * @throws BantamError as `publish`
 */
export async function reconfigure(pool: pg.Pool, base: number, change: Reconfiguration): Promise<Published | undefined> {
  const result = await inTransaction(pool, async (client) => {
    const row = await lockFunction(client, change.name);
    const latest = await findLatestVersion(client, change.name);
    if (row === undefined || latest?.version !== base) return undefined;
    const refusal = await holdSecrets(client, change);
    if (refusal !== undefined) return refusal;
    if (isSame(latest, change)) return unchanged(client, row.id, latest, change.by);
    const assets = latest.assets?.digest;
    if (!(await keepBlob(client, modules, change.digest))) return undefined;
    if (assets !== undefined && !(await keepBlob(client, assetPacks, assets))) return undefined;
    return addVersion(client, row.id, base + 1, change, assets);
  });
  if (result instanceof BantamError) throw result;
  return result;
}

async function addVersion(
  client: pg.ClientBase,
  functionId: string,
  version: number,
  publication: Reconfiguration,
  assets: string | undefined,
): Promise<Published> {
  await insertVersion(client, functionId, version, publication, assets);
  await setLatestVersion(client, functionId, version);
  await notifyChange(client, publication.name);
  const added = await findLatestVersion(client, publication.name);
  if (added === undefined) throw new TypeError(`version ${version} of ${publication.name} was added but cannot be read`);
  const { name, by, digest } = publication;
  const { live, release } = await moveLive(client, { functionId, name, version, by });
  await appendEvent(client, 'function.published', { function: name, version, digest, by });
  if (release !== undefined) await tellRelease(client, release);
  return { created: true, version: added, live };
}

/** Whoever publishes the latest version once more wants it live, also after a rollback. */
async function unchanged(client: pg.ClientBase, functionId: string, latest: FunctionVersion, by: string): Promise<Published> {
  const { name, version } = latest;
  const { live, release } = await moveLive(client, { functionId, name, version, by });
  if (release !== undefined) await tellRelease(client, release);
  return { created: false, version: latest, live };
}

/** Kept as JSON, so compared as JSON: a member that is undefined is no member. */
function isSame(latest: FunctionVersion, publication: Reconfiguration): boolean {
  const { digest, entry, config, limits } = publication;
  const asked: unknown = JSON.parse(JSON.stringify({ digest, kind: publication.analysis.kind, entry, config, limits }));
  const there = { digest: latest.digest, kind: latest.kind, entry: latest.entry, config: latest.config, limits: latest.limits };
  return isDeepStrictEqual(asked, there);
}
