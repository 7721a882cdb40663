/** Renaming, as POSIX has it. */
import { realtimeNs } from '../clock.ts';
import type { Directory } from './directory.ts';
import type { Errno } from './errno.ts';
import { fileLimits } from './limits.ts';
import type { Place } from './resolve.ts';

/** @returns undefined once what was at `source` is at `goal`, in the place of what was there */
export function move(source: Place, goal: Place): Errno | undefined {
  const { node } = source;
  if (node === undefined) return 'noent';
  if (source.name === '' || goal.name === '') return 'busy';
  if (goal.node === node) return undefined;
  const failed = node.type === 'directory' ? refuseDirectory(node, goal) : refuseOther(goal);
  if (failed !== undefined) return failed;
  if (isRemoved(goal.directory)) return 'noent';
  // Asked before anything is changed: from here on nothing fails.
  if (!goal.directory.hasRoomFor(goal.name)) return 'nospc';
  if (goal.node !== undefined) goal.directory.remove(goal.name);
  goal.directory.add(goal.name, node);
  source.directory.remove(source.name);
  // Removing the old entry has taken the parent away.
  if (node.type === 'directory') node.parent = goal.directory;
  node.changedAtNs = realtimeNs();
  return undefined;
}

/** What was removed but is still open takes no new entries. */
export function isRemoved(directory: Directory): boolean {
  return directory.links === 0;
}

export function depthOf(directory: Directory): number {
  let depth = 0;
  for (let at = directory.parent; at !== undefined; at = at.parent) depth += 1;
  return depth;
}

function refuseDirectory(node: Directory, goal: Place): Errno | undefined {
  for (let at: Directory | undefined = goal.directory; at !== undefined; at = at.parent) {
    if (at === node) return 'inval';
  }
  if (depthOf(goal.directory) >= fileLimits.maxDepth) return 'nametoolong';
  if (goal.node === undefined) return undefined;
  if (goal.node.type !== 'directory') return 'notdir';
  return goal.node.isEmpty ? undefined : 'notempty';
}

function refuseOther(goal: Place): Errno | undefined {
  if (goal.node?.type === 'directory') return 'isdir';
  return goal.slash ? 'notdir' : undefined;
}
