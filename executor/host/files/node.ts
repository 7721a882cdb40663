/** What files, directories and symbolic links have in common. */
import { realtimeNs } from '../clock.ts';

export type NodeType = 'file' | 'directory' | 'symlink';

export abstract class TreeNode {
  abstract readonly type: NodeType;
  /** Unique in the tree, never used again. */
  readonly inode: number;
  /** Epoch nanoseconds. Reading does not change `accessedAtNs` (as with the mount option noatime). */
  accessedAtNs: bigint;
  modifiedAtNs: bigint;
  changedAtNs: bigint;
  /** Directory entries that lead here. */
  links = 0;
  /** Descriptors and streams on it; what has neither links nor holders is gone. */
  holders = 0;
  /** Bytes it counts with, besides contents: nothing for what came with the assets. */
  readonly cost: number;

  constructor(inode: number, modifiedAtNs: bigint, cost: number) {
    this.inode = inode;
    this.accessedAtNs = modifiedAtNs;
    this.modifiedAtNs = modifiedAtNs;
    this.changedAtNs = modifiedAtNs;
    this.cost = cost;
  }

  /** Of a file its contents', of a symbolic link its target's; directories have none. */
  abstract get sizeBytes(): number;

  /** Its contents or entries were changed. */
  touch(): void {
    this.modifiedAtNs = realtimeNs();
    this.changedAtNs = this.modifiedAtNs;
  }

  /** @param accessedAtNs and `modifiedAtNs`: undefined leaves them as they are */
  setTimes(accessedAtNs: bigint | undefined, modifiedAtNs: bigint | undefined): void {
    if (accessedAtNs !== undefined) this.accessedAtNs = accessedAtNs;
    if (modifiedAtNs !== undefined) this.modifiedAtNs = modifiedAtNs;
    this.changedAtNs = realtimeNs();
  }
}
