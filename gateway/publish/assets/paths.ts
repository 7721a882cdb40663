/** Paths of assets: relative, inside the tree, in one spelling. Pure. */
import { invalidEntry } from './problem.ts';

/** As of most file systems (NAME_MAX), and enough for any tree that people pack. */
export const maxSegmentBytes = 255;
export const maxPathBytes = 1_024;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @returns the text of a name in an archive. @throws BantamError ASSETS_INVALID when it is no UTF-8 or holds U+0000 */
export function decodeName(bytes: Uint8Array): string {
  let name: string;
  try {
    name = utf8.decode(bytes);
  } catch {
    throw invalidEntry(Buffer.from(bytes).toString(), 'has a name that is not UTF-8');
  }
  if (name.includes('\0')) throw invalidEntry(name, 'has a name with a NUL in it');
  return name;
}

/**
 * @returns the path without `.`, empty segments and a slash at the end; empty for the root itself
 * @throws BantamError ASSETS_INVALID when it is absolute, has `..`, or is too long
 */
export function normalisePath(entry: string): string {
  if (entry.startsWith('/')) throw invalidEntry(entry, 'has an absolute path: pack it from inside the folder, as in tar -C folder .');
  const segments = entry.split('/').filter((segment) => segment !== '' && segment !== '.');
  for (const segment of segments) {
    if (segment === '..') throw invalidEntry(entry, 'has ".." in its path');
    if (Buffer.byteLength(segment) > maxSegmentBytes) throw invalidEntry(entry, `has a name of more than ${maxSegmentBytes} bytes`);
  }
  const path = segments.join('/');
  if (Buffer.byteLength(path) > maxPathBytes) throw invalidEntry(entry, `has a path of more than ${maxPathBytes} bytes`);
  return path;
}

/** @returns the folder of a path; empty for what is in the root */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/**
 * Read as text, without following other links: where those lead elsewhere, the host of the guest still lets nothing out of the tree.
 * @throws BantamError ASSETS_INVALID when a symbolic link at `path` leads out of the tree
 */
export function checkLink(path: string, target: string): void {
  if (target === '') throw invalidEntry(path, 'is a link to nothing');
  if (target.startsWith('/')) throw invalidEntry(path, `is a link to an absolute path, ${JSON.stringify(target)}: make it relative`);
  if (Buffer.byteLength(target) > maxPathBytes) throw invalidEntry(path, `is a link to a path of more than ${maxPathBytes} bytes`);
  let depth = path.split('/').length - 1;
  for (const segment of target.split('/')) {
    if (segment === '..') depth--;
    else if (segment !== '' && segment !== '.') depth++;
    if (depth < 0) throw invalidEntry(path, `is a link out of the tree, to ${JSON.stringify(target)}`);
  }
}
