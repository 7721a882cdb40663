/** A version of a function with all that was published with it, from the API of a running server. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FunctionVersion } from '../contracts/function.ts';
import { limits } from '../contracts/limits.ts';
import { bareNameOf, type FunctionReference, namespaceOf, qualify } from '../contracts/names.ts';
import { type Alias, defaultAlias } from '../contracts/release.ts';
import { readAssets } from '../gateway/publish/assets/read.ts';
import { StartupError } from '../shared/startup-error.ts';
import type { Server } from './server.ts';

export interface Downloaded {
  /** By its qualified name. */
  readonly version: FunctionVersion;
  /** As it was published. */
  readonly module: Uint8Array;
  /** A pack: contracts/assets.ts. */
  readonly assets: Uint8Array | undefined;
}

/** What the API shows of a version besides: it names it within its namespace. */
interface ShownVersion extends FunctionVersion {
  readonly namespace: string;
  readonly invokeUrl: string;
}

/** @throws StartupError */
export async function download(server: Server, reference: FunctionReference): Promise<Downloaded> {
  const { name } = reference;
  const path = (rest: string): string => `/api/functions/${bareNameOf(name)}/${rest}?namespace=${namespaceOf(name)}`;
  const number =
    reference.version ?? (await versionOf(reference, () => server.json<Alias>(path(`aliases/${reference.alias ?? defaultAlias}`))));
  const { namespace, invokeUrl: _, ...shown } = await server.json<ShownVersion>(path(`versions/${number}`));
  const version = { ...shown, name: qualify(shown.name, namespace) };
  const module = await server.bytes(path(`versions/${number}/module`));
  if (createHash('sha256').update(module).digest('hex') !== version.digest) throw damaged('module');
  return {
    version,
    module,
    assets: version.assets && (await assetsOf(version.assets.digest, await server.bytes(path(`versions/${number}/assets`)))),
  };
}

/** @throws StartupError where calls are shared by several versions */
async function versionOf({ name, alias = defaultAlias }: FunctionReference, look: () => Promise<Alias>): Promise<number> {
  const { version, weights = {} } = await look();
  const shares = Object.keys(weights).filter((number) => weights[number] !== 0);
  const only = version ?? (shares.length === 1 ? Number(shares[0]) : undefined);
  if (only !== undefined) return only;
  const versions = shares.map((number) => `${name}@${number}`).join(', ');
  throw new StartupError(`calls of ${name}:${alias} are shared by several versions: export one of ${versions}`);
}

async function assetsOf(digest: string, archive: Buffer): Promise<Uint8Array> {
  // They were within the server's limits when they were published.
  const assets = await readAssets(Readable.from([archive]), { maxBytes: Number.MAX_SAFE_INTEGER, maxEntries: limits.maxAssetEntries });
  if (assets.digest !== digest) throw damaged('assets');
  return assets.pack;
}

function damaged(what: string): StartupError {
  return new StartupError(`the ${what} came damaged: what arrived has not the digest of what was published. Try again`);
}
