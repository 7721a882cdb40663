/** The files of an archive as a tree, and the tree as a pack: the same files make the same pack, whatever their order and however often. */
import { createHash } from 'node:crypto';
import type { AssetEntry, AssetPack } from '../../../contracts/assets.ts';
import { checkLink, normalisePath, parentOf } from './paths.ts';
import { invalidEntry, tooMany } from './problem.ts';
import type { TarEntry } from './tar-reader.ts';

interface Node {
  readonly type: AssetEntry['type'];
  readonly target: string;
  readonly modifiedAtMs: number;
  /** Of a file: digest of its bytes. */
  readonly content: string;
  /** Entries directly in a directory. */
  children: number;
}

export class AssetTree {
  readonly #nodes = new Map<string, Node>();
  /** Bytes of files by their digest. */
  readonly #contents = new Map<string, Buffer>();
  readonly #maxEntries: number;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /** As tar unpacks: a later entry of the same path replaces an earlier one. @throws BantamError ASSETS_INVALID, ASSETS_TOO_LARGE */
  add(entry: TarEntry): void {
    const path = normalisePath(entry.name);
    if (path === '') {
      if (entry.type === 'directory') return;
      throw invalidEntry(entry.name, 'has no name');
    }
    const node = this.#nodeOf(path, entry);
    const there = this.#nodes.get(path);
    if (there?.type === 'directory' && there.children > 0) {
      if (node.type !== 'directory') throw invalidEntry(entry.name, 'is a folder with entries elsewhere in the archive');
      node.children = there.children;
    }
    this.#makeParents(path, entry.name);
    this.#set(path, node);
  }

  /** Sorted by path, so that folders come before what is in them; equal contents are there once. */
  pack(): AssetPack {
    const chunks: Buffer[] = [];
    const offsets = new Map<string, number>();
    let end = 0;
    const entries = [...this.#nodes]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, { type, target, modifiedAtMs, content }]): AssetEntry => {
        if (type === 'directory') return { path, type, modifiedAtMs, offset: 0, sizeBytes: 0 };
        if (type === 'symlink') return { path, type, target, modifiedAtMs, offset: 0, sizeBytes: 0 };
        const bytes = this.#contents.get(content) ?? Buffer.alloc(0);
        let offset = offsets.get(content);
        if (offset === undefined) {
          offset = end;
          offsets.set(content, offset);
          chunks.push(bytes);
          end += bytes.length;
        }
        return { path, type, modifiedAtMs, offset, sizeBytes: bytes.length };
      });
    return { entries, data: Buffer.concat(chunks) };
  }

  #nodeOf(path: string, { name, type, target, modifiedAtS, contents }: TarEntry): Node {
    const modifiedAtMs = modifiedAtS * 1_000;
    if (type === 'directory') return { type, target: '', modifiedAtMs, content: '', children: 0 };
    if (type === 'file') return { type, target: '', modifiedAtMs, content: this.#keep(contents), children: 0 };
    if (type === 'symlink') {
      checkLink(path, target);
      return { type, target, modifiedAtMs, content: '', children: 0 };
    }
    const linked = this.#nodes.get(normalisePath(target));
    if (linked === undefined || linked.type === 'directory') {
      throw invalidEntry(name, `is a hard link to ${JSON.stringify(target)}, which is no file before it in the archive`);
    }
    if (linked.type === 'symlink') checkLink(path, linked.target);
    return linked;
  }

  #keep(contents: Buffer): string {
    const digest = createHash('sha256').update(contents).digest('base64');
    // A copy of its own: what came is a view of a larger piece of the archive.
    if (!this.#contents.has(digest)) this.#contents.set(digest, Buffer.from(contents));
    return digest;
  }

  #makeParents(path: string, name: string): void {
    const missing: string[] = [];
    for (let parent = parentOf(path); parent !== ''; parent = parentOf(parent)) {
      const there = this.#nodes.get(parent);
      if (there?.type === 'directory') break;
      if (there !== undefined) throw invalidEntry(name, `is below ${JSON.stringify(parent)}, which is no folder`);
      missing.push(parent);
    }
    for (const parent of missing.toReversed())
      this.#set(parent, { type: 'directory', target: '', modifiedAtMs: 0, content: '', children: 0 });
  }

  #set(path: string, node: Node): void {
    if (!this.#nodes.has(path)) {
      if (this.#nodes.size >= this.#maxEntries) throw tooMany('the assets have', this.#maxEntries, 'entries');
      const parent = this.#nodes.get(parentOf(path));
      if (parent !== undefined) parent.children++;
    }
    this.#nodes.set(path, node);
  }
}
