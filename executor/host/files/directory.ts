/** A directory: entries of its own over those of the assets, which become nodes of this tree when they are first looked up. */
import type { Budget } from './budget.ts';
import { FileNode } from './file.ts';
import type { FrozenDirectory, FrozenNode } from './freeze.ts';
import { fileLimits } from './limits.ts';
import { type NodeType, TreeNode } from './node.ts';
import { Symlink } from './symlink.ts';

export type Node = FileNode | Directory | Symlink;
/** What can be opened. */
export type Openable = FileNode | Directory;

export interface Listed {
  readonly name: string;
  readonly type: NodeType;
  readonly inode: number;
  /** The position behind this entry; see `after`. */
  readonly cookie: number;
}

interface Entry {
  readonly name: string;
  readonly cookie: number;
  /** Undefined once it was removed. */
  node: Node | undefined;
}

/** Cookies of "." and "..": the positions behind them. Those of the assets' entries follow, then those of entries made since. */
const dotCookie = 1;
const dotDotCookie = 2;

export class Directory extends TreeNode {
  readonly type = 'directory';
  /** The directory it is in; undefined for the root and for what was removed. */
  parent: Directory | undefined;
  readonly #budget: Budget;
  readonly #base: FrozenDirectory | undefined;
  /** Of the assets' entries: those looked up, and the names of those removed. */
  #thawed: Map<string, Node> | undefined;
  #gone: Set<string> | undefined;
  #own: Map<string, Entry> | undefined;
  /** The own entries by rising cookie, with holes where some were removed. */
  #order: Entry[] = [];
  #holes = 0;
  #nextCookie: number;

  /** @param base what the assets have at this place */
  constructor(inode: number, modifiedAtNs: bigint, parent: Directory | undefined, budget: Budget, base: FrozenDirectory | undefined) {
    super(inode, modifiedAtNs, base === undefined ? fileLimits.nodeBytes : 0);
    this.parent = parent;
    this.#budget = budget;
    this.#base = base;
    this.#nextCookie = dotDotCookie + 1 + (base?.names.length ?? 0);
  }

  get sizeBytes(): number {
    return 0;
  }

  get isEmpty(): boolean {
    return this.#order.length === this.#holes && (this.#base?.names.length ?? 0) === (this.#gone?.size ?? 0);
  }

  lookup(name: string): Node | undefined {
    const own = this.#own?.get(name);
    if (own !== undefined) return own.node;
    return this.#thawed?.get(name) ?? this.#thaw(name);
  }

  /**
   * There must be none of this name.
   * @returns whether there was room for it
   */
  add(name: string, node: Node): boolean {
    if (!this.#budget.takeEntry(name)) return false;
    const entry: Entry = { name, cookie: this.#nextCookie, node };
    this.#nextCookie += 1;
    this.#own ??= new Map();
    this.#own.set(name, entry);
    this.#order.push(entry);
    node.links += 1;
    if (node.type === 'directory') node.parent = this;
    this.touch();
    return true;
  }

  /** @returns whether one more entry of this name has room */
  hasRoomFor(name: string): boolean {
    if (!this.#budget.takeEntry(name)) return false;
    this.#budget.giveEntry(name);
    return true;
  }

  /** There must be one of this name. */
  remove(name: string): void {
    const node = this.lookup(name);
    if (node === undefined) return;
    const own = this.#own?.get(name);
    if (own === undefined) {
      this.#thawed?.delete(name);
      this.#gone ??= new Set();
      this.#gone.add(name);
    } else {
      this.#own?.delete(name);
      this.#budget.giveEntry(name);
      own.node = undefined;
      this.#holes += 1;
      if (this.#holes > 32 && this.#holes > this.#order.length / 2) this.#close();
    }
    node.links -= 1;
    if (node.type === 'directory') node.parent = undefined;
    this.touch();
  }

  /**
   * The entry behind a position; what is there at that time, "." and ".." included. Positions stay good while entries come and go.
   * @param cookie 0 for the start, else of the entry before
   */
  after(cookie: number): Listed | undefined {
    if (cookie < dotCookie) return { name: '.', type: 'directory', inode: this.inode, cookie: dotCookie };
    if (cookie < dotDotCookie) return { name: '..', type: 'directory', inode: (this.parent ?? this).inode, cookie: dotDotCookie };
    const names = this.#base?.names ?? [];
    for (let index = cookie - dotDotCookie; index < names.length; index++) {
      const listed = this.#listFrozen(names[index], index + dotDotCookie + 1);
      if (listed !== undefined) return listed;
    }
    for (let index = this.#firstAfter(cookie); index < this.#order.length; index++) {
      const entry = this.#order[index];
      if (entry?.node !== undefined) return { name: entry.name, type: entry.node.type, inode: entry.node.inode, cookie: entry.cookie };
    }
    return undefined;
  }

  #listFrozen(name: string | undefined, cookie: number): Listed | undefined {
    if (name === undefined || this.#gone?.has(name) === true) return undefined;
    const frozen = this.#base?.entries.get(name);
    return frozen === undefined ? undefined : { name, type: frozen.type, inode: frozen.inode, cookie };
  }

  #thaw(name: string): Node | undefined {
    const frozen = this.#base?.entries.get(name);
    if (frozen === undefined || this.#gone?.has(name) === true) return undefined;
    const node = this.#nodeOf(frozen);
    node.links = 1;
    this.#thawed ??= new Map();
    this.#thawed.set(name, node);
    return node;
  }

  #nodeOf(frozen: FrozenNode): Node {
    if (frozen.type === 'directory') return new Directory(frozen.inode, frozen.modifiedAtNs, this, this.#budget, frozen);
    if (frozen.type === 'symlink') return new Symlink(frozen.inode, frozen.modifiedAtNs, frozen.target, 0);
    return new FileNode(frozen.inode, frozen.modifiedAtNs, this.#budget, frozen.bytes);
  }

  /** @returns the index in `#order` of the first entry with a greater cookie, or its length */
  #firstAfter(cookie: number): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#order[middle]?.cookie ?? Infinity) <= cookie) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #close(): void {
    this.#order = this.#order.filter(({ node }) => node !== undefined);
    this.#holes = 0;
  }
}
