/** The registry as one thing: the repositories bound to a pool. */
import type pg from 'pg';
import type { FunctionVersion } from '../contracts/function.ts';
import { findAssetBytes } from './assets.ts';
import { removeFunction } from './functions.ts';
import { findModuleBytes } from './modules.ts';
import type { Page, Publication, Published, Reconfiguration } from './port.ts';
import { publish, reconfigure } from './publish.ts';
import { findLatestVersion, findVersion, listLatestVersions, listVersions } from './versions.ts';

/** All throw BantamError REGISTRY_UNAVAILABLE when Postgres cannot be reached. */
export interface FunctionRegistry {
  publish(publication: Publication): Promise<Published>;
  reconfigure(base: number, change: Reconfiguration): Promise<Published | undefined>;
  latest(name: string): Promise<FunctionVersion | undefined>;
  version(name: string, version: number): Promise<FunctionVersion | undefined>;
  functions(limit: number, after?: string): Promise<Page<FunctionVersion>>;
  versions(name: string, limit: number, after?: string): Promise<Page<FunctionVersion>>;
  moduleBytes(digest: string): Promise<Uint8Array | undefined>;
  /** @returns a pack of assets (contracts/assets.ts) */
  assetBytes(digest: string): Promise<Uint8Array | undefined>;
  /** @returns false when there was no such function */
  remove(name: string): Promise<boolean>;
}

export function openRegistry(pool: pg.Pool): FunctionRegistry {
  return {
    publish: (publication) => publish(pool, publication),
    reconfigure: (base, change) => reconfigure(pool, base, change),
    latest: (name) => findLatestVersion(pool, name),
    version: (name, version) => findVersion(pool, name, version),
    functions: (limit, after) => listLatestVersions(pool, limit, after),
    versions: (name, limit, after) => listVersions(pool, name, limit, after),
    moduleBytes: (digest) => findModuleBytes(pool, digest),
    assetBytes: (digest) => findAssetBytes(pool, digest),
    remove: (name) => removeFunction(pool, name),
  };
}
