/** The registry as one thing: the repositories bound to a pool. */
import type pg from 'pg';
import type { FunctionVersion } from '../contracts/function.ts';
import type { Alias, Release, ReleaseState } from '../contracts/release.ts';
import { findRoute, listAliases } from './aliases.ts';
import { findAssetBytes } from './assets.ts';
import { removeFunction } from './functions.ts';
import { findModuleBytes } from './modules.ts';
import type { Page } from './page.ts';
import type { Publication, Published, Reconfiguration, Route } from './port.ts';
import { publish, reconfigure } from './publish.ts';
import { listReleases } from './release-rows.ts';
import { type AliasRequest, deleteAlias, rollback, setAlias, tripGuard } from './releases.ts';
import { deleteVersion, sweepVersions } from './retention.ts';
import { findLatestVersion, findVersion, listLatestVersions, listVersions } from './versions.ts';

/** All throw BantamError REGISTRY_UNAVAILABLE when Postgres cannot be reached. */
export interface FunctionRegistry {
  publish(publication: Publication): Promise<Published>;
  reconfigure(base: number, change: Reconfiguration): Promise<Published | undefined>;
  latest(name: string): Promise<FunctionVersion | undefined>;
  version(name: string, version: number): Promise<FunctionVersion | undefined>;
  /** @param namespace undefined: of all */
  functions(namespace: string | undefined, limit: number, after?: string): Promise<Page<FunctionVersion>>;
  versions(name: string, limit: number, after?: string): Promise<Page<FunctionVersion>>;
  moduleBytes(digest: string): Promise<Uint8Array | undefined>;
  /** @returns a pack of assets (contracts/assets.ts) */
  assetBytes(digest: string): Promise<Uint8Array | undefined>;
  /** @returns false when there was no such function */
  remove(name: string): Promise<boolean>;
  route(name: string, alias: string): Promise<Route | undefined>;
  aliases(name: string): Promise<readonly Alias[]>;
  setAlias(request: AliasRequest, state: ReleaseState): Promise<Release | undefined>;
  deleteAlias(request: AliasRequest): Promise<Release>;
  rollback(name: string, by: string): Promise<Release>;
  tripGuard(trip: Parameters<typeof tripGuard>[1]): Promise<Release | undefined>;
  releases(name: string, limit: number, after?: string): Promise<Page<Release>>;
  deleteVersion(name: string, version: number): Promise<void>;
  /** @returns how many versions were deleted */
  sweepVersions(name: string, keep: number): Promise<number>;
}

export function openRegistry(pool: pg.Pool): FunctionRegistry {
  return {
    publish: (publication) => publish(pool, publication),
    reconfigure: (base, change) => reconfigure(pool, base, change),
    latest: (name) => findLatestVersion(pool, name),
    version: (name, version) => findVersion(pool, name, version),
    functions: (namespace, limit, after) => listLatestVersions(pool, namespace, limit, after),
    versions: (name, limit, after) => listVersions(pool, name, limit, after),
    moduleBytes: (digest) => findModuleBytes(pool, digest),
    assetBytes: (digest) => findAssetBytes(pool, digest),
    remove: (name) => removeFunction(pool, name),
    route: (name, alias) => findRoute(pool, name, alias),
    aliases: (name) => listAliases(pool, name),
    setAlias: (request, state) => setAlias(pool, request, state),
    deleteAlias: (request) => deleteAlias(pool, request),
    rollback: (name, by) => rollback(pool, name, by),
    tripGuard: (trip) => tripGuard(pool, trip),
    releases: (name, limit, after) => listReleases(pool, name, limit, after),
    deleteVersion: (name, version) => deleteVersion(pool, name, version),
    sweepVersions: (name, keep) => sweepVersions(pool, name, keep),
  };
}
