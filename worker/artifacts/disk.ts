/** Modules on this machine's disk, named by their digest and believed only when their bytes still have it. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export class DiskCache {
  readonly #folder: string;
  readonly #maxBytes: number;

  /** @param maxBytes bound of the folder; the oldest files go first */
  constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /** @returns the module, or undefined when it is not here, not readable or not what its name says */
  async read(digest: string): Promise<Uint8Array | undefined> {
    const bytes = await readFile(this.#path(digest)).catch(() => undefined);
    if (bytes === undefined || createHash('sha256').update(bytes).digest('hex') !== digest) return undefined;
    return bytes;
  }

  /** Atomic: a reader sees the whole file or none. @throws what the file system says: full, read-only ... */
  async write(digest: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await this.#makeRoom(bytes.length);
    const temporary = join(this.#folder, `.${randomUUID()}`);
    try {
      await writeFile(temporary, bytes);
      await rename(temporary, this.#path(digest));
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async #makeRoom(bytes: number): Promise<void> {
    const names = await readdir(this.#folder);
    const files = await Promise.all(
      names.map(async (name) => ({ name, stats: await stat(join(this.#folder, name)).catch(() => undefined) })),
    );
    const present = files.flatMap(({ name, stats }) =>
      stats === undefined ? [] : [{ name, size: stats.size, writtenAtMs: stats.mtimeMs }],
    );
    let total = present.reduce((sum, { size }) => sum + size, bytes);
    for (const { name, size } of present.toSorted((a, b) => a.writtenAtMs - b.writtenAtMs)) {
      if (total <= this.#maxBytes) return;
      await rm(join(this.#folder, name), { force: true });
      total -= size;
    }
  }

  #path(digest: string): string {
    return join(this.#folder, `${digest}.wasm`);
  }
}
