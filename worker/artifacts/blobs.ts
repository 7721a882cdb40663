/** Modules and packs of assets by their digest: from disk where their bytes still have it, else from the registry. */
import { createHash } from 'node:crypto';
import type { DiskCache } from './disk.ts';

/** What the worker asks of the registry; undefined for what is not there (any more). */
export interface BlobSource {
  moduleBytes(digest: string): Promise<Uint8Array | undefined>;
  assetBytes(digest: string): Promise<Uint8Array | undefined>;
}

export interface BlobOptions {
  readonly source: BlobSource;
  readonly disk: DiskCache;
  readonly log: { warn(fields: object, message: string): void };
}

export class Blobs {
  readonly #options: BlobOptions;

  constructor(options: BlobOptions) {
    this.#options = options;
  }

  /** @returns undefined when it is nowhere. @throws BantamError REGISTRY_UNAVAILABLE */
  module(digest: string): Promise<Uint8Array | undefined> {
    return this.#find(`${digest}.wasm`, digest, () => this.#options.source.moduleBytes(digest));
  }

  /** @returns undefined when it is nowhere. @throws BantamError REGISTRY_UNAVAILABLE */
  assets(digest: string): Promise<Uint8Array | undefined> {
    return this.#find(`${digest}.assets`, digest, () => this.#options.source.assetBytes(digest));
  }

  async #find(file: string, digest: string, fetch: () => Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> {
    const { disk, log } = this.#options;
    const onDisk = await disk.read(file);
    if (onDisk !== undefined && createHash('sha256').update(onDisk).digest('hex') === digest) return onDisk;
    const fetched = await fetch();
    // The cache is a help, not a need: a full or read-only disk is said, and the call goes on.
    if (fetched !== undefined) {
      await disk.write(file, fetched).catch((error: unknown) => log.warn({ err: error, file }, 'a file could not be kept on disk'));
    }
    return fetched;
  }
}
