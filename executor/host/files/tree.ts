/** The files of one instance: an in-memory tree over the assets. Shared by both WASI hosts; nothing here reaches a real file system. */
import { realtimeNs } from '../clock.ts';
import { Budget } from './budget.ts';
import { Directory, type Node, type Openable } from './directory.ts';
import type { Errno } from './errno.ts';
import { FileNode } from './file.ts';
import type { FrozenDirectory, FrozenTree } from './freeze.ts';
import { fileLimits } from './limits.ts';
import { depthOf, isRemoved, move } from './move.ts';
import { isTooLong, type Place, resolve } from './resolve.ts';
import { Symlink, symlinkCost } from './symlink.ts';

/** How a path is opened (`path_open`, `open-at`). */
export interface OpenWay {
  /** Whether a symbolic link at the path's end is followed. */
  readonly follow: boolean;
  readonly create: boolean;
  readonly exclusive: boolean;
  readonly truncate: boolean;
  /** Only a directory will do. */
  readonly directory: boolean;
  /** Its contents will be changed: not possible for a directory. */
  readonly write: boolean;
}

const emptyRoot: FrozenDirectory = { type: 'directory', inode: 1, modifiedAtNs: 0n, names: [], entries: new Map() };

/** What it answers is a node or nothing, or the name of an error. Paths start from a directory and stay in it: see resolve.ts. */
export class FileTree {
  readonly #base: FrozenTree | undefined;
  readonly #budget: Budget;
  #root: Directory | undefined;
  #lastInode: number;

  /** @param maxBytes that files may take besides the assets: contents, names and what the nodes themselves cost */
  constructor(base: FrozenTree | undefined, maxBytes: number) {
    this.#base = base;
    this.#budget = new Budget(maxBytes);
    this.#lastInode = (base?.entryCount ?? 0) + 1;
  }

  /** Bytes taken so far. */
  get usedBytes(): number {
    return this.#budget.bytes;
  }

  get root(): Directory {
    if (this.#root === undefined) {
      const base = this.#base?.root;
      this.#root = new Directory(1, base?.modifiedAtNs ?? realtimeNs(), undefined, this.#budget, base ?? emptyRoot);
      this.#root.links = 1;
    }
    return this.#root;
  }

  /** @returns the node, held: `release` it */
  open(from: Directory, path: string, way: OpenWay): Openable | Errno {
    if (way.create && way.directory) return 'inval';
    const place = resolve(from, path, way.follow && !(way.create && way.exclusive) ? 'always' : 'slash');
    if (typeof place === 'string') return place;
    const { node } = place;
    if (node === undefined) {
      if (!way.create) return 'noent';
      if (place.slash) return 'isdir';
      const made = new FileNode(this.#newInode(), realtimeNs(), this.#budget);
      return this.#add(place, made) ?? this.hold(made);
    }
    if (way.create && way.exclusive) return 'exist';
    if (node.type === 'symlink') return 'loop';
    if (node.type === 'directory') return way.write || way.truncate || way.create ? 'isdir' : this.hold(node);
    if (way.directory) return 'notdir';
    const failed = way.truncate ? node.resize(0) : undefined;
    return failed ?? this.hold(node);
  }

  /** Keeps a node that has lost its last entry from going away. */
  hold<Held extends Node>(node: Held): Held {
    node.holders += 1;
    return node;
  }

  release(node: Node): void {
    node.holders -= 1;
    this.#collect(node);
  }

  /** For attributes: what a path leads to. */
  find(from: Directory, path: string, follow: boolean): Node | Errno {
    const place = resolve(from, path, follow ? 'always' : 'slash');
    if (typeof place === 'string') return place;
    return place.node ?? 'noent';
  }

  readlink(from: Directory, path: string): Symlink | Errno {
    const node = this.find(from, path, false);
    return typeof node === 'string' || node.type === 'symlink' ? node : 'inval';
  }

  createDirectory(from: Directory, path: string): Errno | undefined {
    const place = resolve(from, path, 'never');
    if (typeof place === 'string') return place;
    if (place.node !== undefined) return 'exist';
    if (depthOf(place.directory) >= fileLimits.maxDepth) return 'nametoolong';
    return this.#add(place, new Directory(this.#newInode(), realtimeNs(), undefined, this.#budget, undefined));
  }

  /** @param target is not looked at, but must not be absolute: nothing outside can be reached by it */
  createSymlink(target: string, from: Directory, path: string): Errno | undefined {
    if (target === '') return 'noent';
    if (target.startsWith('/')) return 'perm';
    if (target.includes('\0')) return 'inval';
    if (isTooLong(target, fileLimits.maxPathBytes)) return 'nametoolong';
    const place = resolve(from, path, 'never');
    if (typeof place === 'string') return place;
    if (place.node !== undefined) return 'exist';
    if (place.slash) return 'noent';
    return this.#add(place, new Symlink(this.#newInode(), realtimeNs(), target, symlinkCost(target)));
  }

  /** @param follow whether a symbolic link at the end of `oldPath` is followed; else it is linked itself */
  link(oldFrom: Directory, oldPath: string, follow: boolean, newFrom: Directory, newPath: string): Errno | undefined {
    const node = this.find(oldFrom, oldPath, follow);
    if (typeof node === 'string') return node;
    if (node.type === 'directory') return 'perm';
    const place = resolve(newFrom, newPath, 'never');
    if (typeof place === 'string') return place;
    if (place.node !== undefined) return 'exist';
    if (place.slash || isRemoved(place.directory)) return 'noent';
    if (!place.directory.add(place.name, node)) return 'nospc';
    node.changedAtNs = realtimeNs();
    return undefined;
  }

  /** As POSIX says: replaces what is there in one step, if it is of the same sort, and not a directory with entries. */
  rename(oldFrom: Directory, oldPath: string, newFrom: Directory, newPath: string): Errno | undefined {
    const source = resolve(oldFrom, oldPath, 'never');
    if (typeof source === 'string') return source;
    const goal = resolve(newFrom, newPath, 'never');
    if (typeof goal === 'string') return goal;
    const failed = move(source, goal);
    if (failed === undefined && goal.node !== undefined) this.#collect(goal.node);
    return failed;
  }

  /** Removes anything but a directory. What has it open can go on with it. */
  unlink(from: Directory, path: string): Errno | undefined {
    const place = resolve(from, path, 'never');
    if (typeof place === 'string') return place;
    const { node } = place;
    if (node === undefined) return 'noent';
    if (node.type === 'directory') return 'isdir';
    place.directory.remove(place.name);
    node.changedAtNs = realtimeNs();
    this.#collect(node);
    return undefined;
  }

  removeDirectory(from: Directory, path: string): Errno | undefined {
    const place = resolve(from, path, 'never');
    if (typeof place === 'string') return place;
    const { node } = place;
    if (node === undefined) return 'noent';
    if (node.type !== 'directory') return 'notdir';
    if (place.name === '') return 'inval';
    if (!node.isEmpty) return 'notempty';
    place.directory.remove(place.name);
    this.#collect(node);
    return undefined;
  }

  #newInode(): number {
    this.#lastInode += 1;
    return this.#lastInode;
  }

  /** Puts a new node where there is none. */
  #add(place: Place, node: Node): Errno | undefined {
    if (isRemoved(place.directory)) return 'noent';
    if (!this.#budget.take(node.cost)) return 'nospc';
    if (place.directory.add(place.name, node)) return undefined;
    this.#budget.give(node.cost);
    return 'nospc';
  }

  /** Frees what nothing leads to any more. */
  #collect(node: Node): void {
    if (node.links > 0 || node.holders > 0) return;
    this.#budget.give(node.cost);
    if (node.type === 'file') node.free();
  }
}
