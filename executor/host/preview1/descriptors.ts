/** The descriptors of one instance: standard streams, the preopened root, and what it opens. */
import type { Directory, Openable } from '../files/directory.ts';
import type { FileNode } from '../files/file.ts';
import type { FileTree } from '../files/tree.ts';
import { allRights, directoryRights, inputRights, outputRights } from './rights.ts';

interface Common {
  /** What may be done with it, and what may at most be done with what is opened through it (rights.ts). */
  base: number;
  inheriting: number;
  /** fdflags: append 1, dsync 2, nonblock 4, rsync 8, sync 16. All but append change nothing in memory. */
  flags: number;
}

export interface Stream extends Common {
  readonly kind: 'stdin' | 'stdout' | 'stderr';
}

export interface OpenFile extends Common {
  readonly kind: 'file';
  readonly node: FileNode;
  position: number;
}

export interface OpenDirectory extends Common {
  readonly kind: 'directory';
  readonly node: Directory;
  /** Under which name it was there from the start. */
  readonly preopen: string | undefined;
}

export type Descriptor = Stream | OpenFile | OpenDirectory;

/** A process of Linux has as many at first. */
const maxDescriptors = 1_024;

export class DescriptorTable {
  readonly #files: FileTree;
  readonly #open: (Descriptor | undefined)[];

  constructor(files: FileTree) {
    this.#files = files;
    const root = files.hold(files.root);
    this.#open = [
      { kind: 'stdin', base: inputRights, inheriting: 0, flags: 0 },
      { kind: 'stdout', base: outputRights, inheriting: 0, flags: 0 },
      { kind: 'stderr', base: outputRights, inheriting: 0, flags: 0 },
      { kind: 'directory', node: root, preopen: '/', base: directoryRights, inheriting: allRights, flags: 0 },
    ];
  }

  /** @param fd as the guest gave it */
  get(fd: number): Descriptor | undefined {
    return this.#open[fd >>> 0];
  }

  get isFull(): boolean {
    return this.#open.length >= maxDescriptors && !this.#open.includes(undefined);
  }

  /**
   * The table must not be full.
   * @param node held; released when the descriptor is closed
   * @returns the lowest free number
   */
  add(node: Openable, base: number, inheriting: number, flags: number): number {
    const free = this.#open.indexOf(undefined);
    const fd = free === -1 ? this.#open.length : free;
    this.#open[fd] =
      node.type === 'file'
        ? { kind: 'file', node, position: 0, base, inheriting, flags }
        : { kind: 'directory', node, preopen: undefined, base, inheriting, flags };
    return fd;
  }

  /** @returns whether there was one */
  close(fd: number): boolean {
    const descriptor = this.get(fd);
    if (descriptor === undefined) return false;
    if (descriptor.kind === 'file' || descriptor.kind === 'directory') this.#files.release(descriptor.node);
    this.#open[fd >>> 0] = undefined;
    return true;
  }

  /** @returns whether there were both; then `to` is what `from` was, and `from` is closed */
  renumber(from: number, to: number): boolean {
    const descriptor = this.get(from);
    if (descriptor === undefined || this.get(to) === undefined) return false;
    if (from >>> 0 === to >>> 0) return true;
    this.close(to);
    this.#open[to >>> 0] = descriptor;
    this.#open[from >>> 0] = undefined;
    return true;
  }
}
