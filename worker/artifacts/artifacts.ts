/** From a target to what an executor loads: memory, then disk, then the registry; the memory cap is written into the module on the way. */
import { BantamError } from '../../contracts/errors.ts';
import type { Target } from '../../contracts/invocation.ts';
import { limits } from '../../contracts/limits.ts';
import { ByteLru } from '../../shared/lru.ts';
import { capMemories } from '../../wasm/cap.ts';
import { importMemory } from '../../wasm/import-memory.ts';
import type { RunnableArtifact } from '../pool/call.ts';
import type { DiskCache } from './disk.ts';

export interface ArtifactOptions {
  /** The registry's modules. @returns undefined when there is no such module (any more) */
  readonly fetch: (digest: string) => Promise<Uint8Array | undefined>;
  readonly disk: DiskCache;
  /** Bound of what is kept in memory. */
  readonly memoryCacheBytes: number;
  readonly log: { warn(fields: object, message: string): void };
}

/** 4 MiB: zeroing takes some ten microseconds per MiB. */
const mostZeroedPages = 64;

export class Artifacts {
  readonly #options: ArtifactOptions;
  readonly #ready: ByteLru<string, RunnableArtifact>;
  readonly #loading = new Map<string, Promise<RunnableArtifact>>();

  constructor(options: ArtifactOptions) {
    this.#options = options;
    this.#ready = new ByteLru(options.memoryCacheBytes);
  }

  /** @returns the artifact if it is in memory */
  peek(target: Target): RunnableArtifact | undefined {
    return this.#ready.get(keyOf(target));
  }

  /** Loads it once, however many ask. @throws BantamError FUNCTION_NOT_FOUND (deleted meanwhile), REGISTRY_UNAVAILABLE */
  load(target: Target): Promise<RunnableArtifact> {
    const key = keyOf(target);
    let loading = this.#loading.get(key);
    if (loading === undefined) {
      loading = this.#make(key, target).finally(() => this.#loading.delete(key));
      this.#loading.set(key, loading);
    }
    return loading;
  }

  async #make(key: string, target: Target): Promise<RunnableArtifact> {
    const module = await this.#module(target);
    const capped = capMemories(module, { maxPages: target.memoryPages, maxTableElements: limits.maxTableElements });
    const { bytes, memory } = liftMemory(capped);
    const artifact: RunnableArtifact = { key, bytes, memory, meanUs: undefined };
    this.#ready.set(key, artifact, bytes.length);
    return artifact;
  }

  async #module({ digest, function: name, version }: Target): Promise<Uint8Array> {
    const onDisk = await this.#options.disk.read(digest);
    if (onDisk !== undefined) return onDisk;
    const fetched = await this.#options.fetch(digest);
    if (fetched === undefined) throw new BantamError('FUNCTION_NOT_FOUND', `${name}@${version} was deleted before the call was started`);
    // The cache is a help, not a need: a full or read-only disk is said, and the call goes on.
    await this.#options.disk
      .write(digest, fetched)
      .catch((error: unknown) => this.#options.log.warn({ err: error, digest }, 'the module could not be kept on disk'));
    return fetched;
  }
}

/** A small memory is cheaper zeroed than allocated anew; of a large one most pages are never touched, and zeroing would touch them all. */
function liftMemory(bytes: Uint8Array): Pick<RunnableArtifact, 'bytes' | 'memory'> {
  const lifted = importMemory(bytes);
  return lifted === undefined || lifted.limits.initialPages > mostZeroedPages
    ? { bytes, memory: undefined }
    : { bytes: lifted.bytes, memory: lifted.limits };
}

/** What is run depends on the module, the cap written into it, and whether instances are kept: kept instances are a version's own. */
function keyOf({ digest, memoryPages, reuse, function: name, version }: Target): string {
  return reuse ? `${digest}/${memoryPages}/${name}@${version}` : `${digest}/${memoryPages}`;
}
