/** From a target to what an executor loads: from memory, else what was derived before from disk, else derived from the module. */
import { BantamError } from '../../contracts/errors.ts';
import type { Target } from '../../contracts/invocation.ts';
import { ByteLru } from '../../shared/lru.ts';
import type { RunnableArtifact } from '../pool/call.ts';
import { artifactBytes } from '../pool/wire.ts';
import { type BlobOptions, Blobs } from './blobs.ts';
import { type DerivedModule, deriveModule } from './derive.ts';
import { seal, sealedName, unseal } from './sealed.ts';
import type { ReadSecrets } from './secrets.ts';

export interface ArtifactOptions extends BlobOptions {
  readonly secrets: ReadSecrets;
  /** Bound of what is kept in memory. */
  readonly memoryCacheBytes: number;
}

export class Artifacts {
  /** Since the start, by where artifacts were found; derived: nowhere, so made from the module. */
  readonly lookups = { memory: 0, disk: 0, derived: 0 };
  readonly #options: ArtifactOptions;
  readonly #blobs: Blobs;
  readonly #ready: ByteLru<string, RunnableArtifact>;
  readonly #keys = new WeakMap<Target, string>();
  readonly #loading = new Map<string, Promise<RunnableArtifact>>();

  constructor(options: ArtifactOptions) {
    this.#options = options;
    this.#blobs = new Blobs(options);
    this.#ready = new ByteLru(options.memoryCacheBytes);
  }

  /** Bytes kept in memory. */
  get cachedBytes(): number {
    return this.#ready.bytes;
  }

  /** @returns the artifact if it is in memory */
  peek(target: Target): RunnableArtifact | undefined {
    const artifact = this.#ready.get(this.#keyOf(target));
    if (artifact !== undefined) this.lookups.memory++;
    return artifact;
  }

  /** Loads it once, however many ask. @throws BantamError FUNCTION_NOT_FOUND (deleted meanwhile), SECRET_MISSING, SECRET_UNREADABLE, REGISTRY_UNAVAILABLE */
  load(target: Target): Promise<RunnableArtifact> {
    const key = this.#keyOf(target);
    let loading = this.#loading.get(key);
    if (loading === undefined) {
      loading = this.#make(key, target).finally(() => this.#loading.delete(key));
      this.#loading.set(key, loading);
    }
    return loading;
  }

  /** The same target comes with many calls; its key is long. */
  #keyOf(target: Target): string {
    let key = this.#keys.get(target);
    if (key === undefined) {
      key = keyOf(target);
      this.#keys.set(target, key);
    }
    return key;
  }

  async #make(key: string, target: Target): Promise<RunnableArtifact> {
    const assetDigest = target.settings?.assets;
    const [derived, assets, secrets] = await Promise.all([
      this.#derived(target),
      assetDigest === undefined ? undefined : this.#blobs.assets(assetDigest).then((pack) => pack ?? gone(target)),
      this.#options.secrets(target),
    ]);
    const artifact: RunnableArtifact = { key, ...derived, assets, secrets, meanUs: undefined };
    this.#ready.set(key, artifact, artifactBytes(artifact));
    return artifact;
  }

  async #derived(target: Target): Promise<DerivedModule> {
    const { disk, log } = this.#options;
    const file = sealedName(target.digest, target.memoryPages);
    const sealed = await disk.read(file);
    const known = sealed === undefined ? undefined : unseal(sealed);
    this.lookups[known === undefined ? 'derived' : 'disk']++;
    if (known !== undefined) return known;
    const module = (await this.#blobs.module(target.digest)) ?? gone(target);
    const derived = deriveModule(module, target.kind, target.memoryPages);
    await disk.write(file, seal(derived)).catch((error: unknown) => log.warn({ err: error, file }, 'a file could not be kept on disk'));
    return derived;
  }
}

function gone({ function: name, version }: Target): never {
  throw new BantamError('FUNCTION_NOT_FOUND', `${name}@${version} was deleted before the call was started`);
}

/**
 * All that decides what an executor loads: the module, the cap written into it, its settings. And whose it is: an instance that was put back serves
 * its own function again and no other, a kept one its own version.
 */
function keyOf({ digest, kind, memoryPages, settings, reuse, function: name, version }: Target): string {
  const own = `${digest}/${kind}/${memoryPages}/${settings?.key ?? ''}/${name}`;
  return reuse ? `${own}@${version}` : own;
}
