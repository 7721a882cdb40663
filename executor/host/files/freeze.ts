/** The assets as a tree that never changes: read once per artifact, shared by all instances. */
import { decodeAssets, type AssetEntry } from '../../../contracts/assets.ts';

export interface FrozenFile {
  readonly type: 'file';
  readonly inode: number;
  readonly modifiedAtNs: bigint;
  readonly bytes: Uint8Array;
}

export interface FrozenSymlink {
  readonly type: 'symlink';
  readonly inode: number;
  readonly modifiedAtNs: bigint;
  readonly target: string;
}

export interface FrozenDirectory {
  readonly type: 'directory';
  readonly inode: number;
  readonly modifiedAtNs: bigint;
  /** In the order of the pack. */
  readonly names: readonly string[];
  readonly entries: ReadonlyMap<string, FrozenNode>;
}

export type FrozenNode = FrozenFile | FrozenSymlink | FrozenDirectory;

export interface FrozenTree {
  readonly root: FrozenDirectory;
  /** Without the root. Inode numbers go from 1, the root's, to `entryCount` + 1. */
  readonly entryCount: number;
}

interface Growing extends FrozenDirectory {
  readonly names: string[];
  readonly entries: Map<string, FrozenNode>;
}

/**
 * @param pack as from `encodeAssets`; kept: contents are views of it
 * @throws Error when an entry is not in a directory before it, or its bytes are not in the pack
 */
export function freezeAssets(pack: Uint8Array): FrozenTree {
  const { entries, data } = decodeAssets(pack);
  const root = growing(1, 0n);
  const directories = new Map([['', root]]);
  let inode = 1;
  for (const entry of entries) {
    inode += 1;
    const slash = entry.path.lastIndexOf('/');
    const parent = directories.get(entry.path.slice(0, Math.max(slash, 0)));
    const name = entry.path.slice(slash + 1);
    if (parent === undefined || name === '' || parent.entries.has(name)) throw new Error(`the assets are damaged at ${entry.path}`);
    const node = freeze(entry, inode, data);
    if (node.type === 'directory') directories.set(entry.path, node);
    parent.names.push(name);
    parent.entries.set(name, node);
  }
  return { root, entryCount: entries.length };
}

function freeze(entry: AssetEntry, inode: number, data: Uint8Array): FrozenFile | FrozenSymlink | Growing {
  const modifiedAtNs = BigInt(Math.trunc(entry.modifiedAtMs)) * 1_000_000n;
  if (entry.type === 'directory') return growing(inode, modifiedAtNs);
  if (entry.type === 'symlink') return { type: 'symlink', inode, modifiedAtNs, target: entry.target ?? '' };
  const end = entry.offset + entry.sizeBytes;
  if (!(entry.offset >= 0 && end >= entry.offset && end <= data.length)) throw new Error(`the assets are damaged at ${entry.path}`);
  return { type: 'file', inode, modifiedAtNs, bytes: data.subarray(entry.offset, end) };
}

function growing(inode: number, modifiedAtNs: bigint): Growing {
  return { type: 'directory', inode, modifiedAtNs, names: [], entries: new Map() };
}
