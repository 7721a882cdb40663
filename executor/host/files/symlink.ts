/** A symbolic link. Never changed after it was made. */
import { fileLimits } from './limits.ts';
import { TreeNode } from './node.ts';

export class Symlink extends TreeNode {
  readonly type = 'symlink';
  readonly target: string;

  /** @param cost 0 for what came with the assets */
  constructor(inode: number, modifiedAtNs: bigint, target: string, cost: number) {
    super(inode, modifiedAtNs, cost);
    this.target = target;
  }

  /** In bytes of UTF-8. */
  get sizeBytes(): number {
    return Buffer.byteLength(this.target);
  }
}

export function symlinkCost(target: string): number {
  return fileLimits.nodeBytes + 2 * target.length;
}
