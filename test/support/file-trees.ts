/** Short ways to fill and read a file tree in tests. */
import assert from 'node:assert/strict';
import type { Directory } from '../../executor/host/files/directory.ts';
import type { FileNode } from '../../executor/host/files/file.ts';
import type { FileTree, OpenWay } from '../../executor/host/files/tree.ts';

/** Opening what is there, to read it. */
export const way: OpenWay = { follow: true, create: false, exclusive: false, truncate: false, directory: false, write: false };

/** @returns held: `release` it where that matters */
export function openFile(files: FileTree, path: string, how: Partial<OpenWay> = {}): FileNode {
  const node = files.open(files.root, path, { ...way, ...how });
  assert.ok(typeof node === 'object', `opening ${path}: ${typeof node === 'string' ? node : ''}`);
  assert.ok(node.type === 'file', `${path} is a ${node.type}`);
  return node;
}

export function directoryAt(files: FileTree, path: string): Directory {
  const node = files.find(files.root, path, true);
  assert.ok(typeof node === 'object' && node.type === 'directory', `${path} is no directory`);
  return node;
}

/** Writes a file, new or over what is there. */
export function put(files: FileTree, path: string, contents: string): void {
  const file = openFile(files, path, { create: true, truncate: true, write: true });
  assert.equal(file.write(0, Buffer.from(contents)), undefined);
  files.release(file);
}

export function contentsOf(files: FileTree, path: string): string {
  const file = openFile(files, path);
  const text = Buffer.from(file.view(0, Infinity)).toString();
  files.release(file);
  return text;
}

/** @returns the names in a directory, sorted */
export function listOf(files: FileTree, path = '.'): string[] {
  const directory = directoryAt(files, path);
  const names: string[] = [];
  for (let entry = directory.after(2); entry !== undefined; entry = directory.after(entry.cookie)) names.push(entry.name);
  return names.toSorted();
}
