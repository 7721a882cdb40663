/** Files on this machine's disk that can be had again: whole or not there, and bounded together. */
import { randomUUID } from 'node:crypto';
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

  /** @returns undefined when the file is not here or not readable; whether it is what its name says is for the caller to see */
  read(name: string): Promise<Buffer | undefined> {
    return readFile(join(this.#folder, name)).catch(() => undefined);
  }

  /** Atomic: a reader sees the whole file or none. @throws what the file system says: full, read-only ... */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await this.#makeRoom(bytes.length);
    const temporary = join(this.#folder, `.${randomUUID()}`);
    try {
      await writeFile(temporary, bytes);
      await rename(temporary, join(this.#folder, name));
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
}
