/** Resolves paths inside the tree: never above the directory they start from, by ".." or by a symbolic link. */
import type { Directory, Node } from './directory.ts';
import type { Errno } from './errno.ts';
import { fileLimits } from './limits.ts';

/** Where a path leads. */
export interface Place {
  readonly directory: Directory;
  /** In `directory`; empty when the path ended in "." or "..", and then `node` is `directory` itself. */
  readonly name: string;
  /** What is there; undefined when nothing is. */
  readonly node: Node | undefined;
  /** The path ended in a slash: only a directory will do. */
  readonly slash: boolean;
}

/**
 * What becomes of a symbolic link at the path's end (those before it are always followed): `always` follows it; `slash` does where the path
 * goes on with a slash; `never` is for what makes and removes entries.
 */
export type Following = 'always' | 'slash' | 'never';

/**
 * @param base where the path starts, and what it stays in
 * @returns a place, also when only its last name is missing; perm for what leads outside (absolute paths, too many "..", links to such)
 * @see https://github.com/WebAssembly/wasi-filesystem/blob/main/path-resolution.md
 */
export function resolve(base: Directory, path: string, following: Following): Place | Errno {
  const wrong = refuse(path);
  if (wrong !== undefined) return wrong;
  /** What is left of the way, the next name last. */
  const left = path.split('/').toReversed();
  let slash = left[0] === '';
  let followed = 0;
  let directory = base;
  let name = '';
  let node: Node | undefined = base;
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (next === '') continue;
    if (node === undefined) return 'noent';
    if (node.type !== 'directory') return 'notdir';
    directory = node;
    name = '';
    if (next === '.') continue;
    if (next === '..') {
      if (directory === base || directory.parent === undefined) return 'perm';
      directory = directory.parent;
      node = directory;
      continue;
    }
    if (isTooLong(next, fileLimits.maxNameBytes)) return 'nametoolong';
    name = next;
    node = directory.lookup(next);
    if (node?.type !== 'symlink') continue;
    const last = left.every((rest) => rest === '');
    if (last && (following === 'never' || (following === 'slash' && !slash))) continue;
    followed += 1;
    if (followed > fileLimits.maxLinksFollowed) return 'loop';
    const { target } = node;
    if (target.startsWith('/')) return 'perm';
    if (last && target.endsWith('/')) slash = true;
    left.push(...target.split('/').toReversed());
    name = '';
    node = directory;
  }
  if (slash && node !== undefined && node.type !== 'directory') return 'notdir';
  return { directory, name, node, slash };
}

function refuse(path: string): Errno | undefined {
  if (path === '') return 'noent';
  if (isTooLong(path, fileLimits.maxPathBytes)) return 'nametoolong';
  if (path.startsWith('/')) return 'perm';
  return path.includes('\0') ? 'inval' : undefined;
}

/** A character of a string is one to three bytes of UTF-8. */
export function isTooLong(text: string, maxBytes: number): boolean {
  return text.length > maxBytes || (3 * text.length > maxBytes && Buffer.byteLength(text) > maxBytes);
}
