/** Resource `descriptor` of wasi:filesystem, and the streams over its files. */
import type { Directory, Openable } from '../files/directory.ts';
import type { Errno } from '../files/errno.ts';
import type { FileNode } from '../files/file.ts';
import type { FileTree } from '../files/tree.ts';
import { errorCode } from './filesystem-error.ts';
import { IoError } from './io-error.ts';
import type { ByteSink, ByteSource } from './streams.ts';

/** What it was opened for. Directories can always be read and changed: the one preopened is, and what is opened through it. */
export interface Access {
  readonly read: boolean;
  readonly write: boolean;
}

export class Descriptor {
  readonly #files: FileTree;
  readonly node: Openable;
  readonly access: Access;

  /** @param node held; released by `drop` */
  constructor(files: FileTree, node: Openable, access: Access) {
    this.#files = files;
    this.node = node;
    this.access = access;
  }

  /** @returns the file, if it is one, opened for this */
  fileFor(use: keyof Access): FileNode | Errno {
    if (this.node.type === 'directory') return 'isdir';
    return this.access[use] ? this.node : 'badf';
  }

  directory(): Directory | Errno {
    return this.node.type === 'directory' ? this.node : 'notdir';
  }

  drop(): void {
    this.#files.release(this.node);
  }
}

/** Resource `directory-entry-stream`. */
export interface EntryStream {
  readonly directory: Directory;
  /** The position in it. */
  cookie: number;
}

/** A stream holds its file as a descriptor does: it goes on when the entry is removed. */
export class FileSource implements ByteSource {
  readonly #files: FileTree;
  readonly #file: FileNode;
  #at: number;

  constructor(files: FileTree, file: FileNode, at: number) {
    this.#files = files;
    this.#file = files.hold(file);
    this.#at = at;
  }

  read(maxBytes: number): Uint8Array | 'closed' {
    if (this.#at >= this.#file.sizeBytes) return 'closed';
    const part = this.#file.view(this.#at, maxBytes);
    this.#at += part.length;
    return part;
  }

  close(): void {
    this.#files.release(this.#file);
  }
}

export class FileSink implements ByteSink {
  readonly #files: FileTree;
  readonly #file: FileNode;
  #at: number | 'end';

  /** @param at 'end': whatever is written goes to the end of the file as it is then */
  constructor(files: FileTree, file: FileNode, at: number | 'end') {
    this.#files = files;
    this.#file = files.hold(file);
    this.#at = at;
  }

  write(bytes: Uint8Array): IoError | undefined {
    const at = this.#at === 'end' ? this.#file.sizeBytes : this.#at;
    const failed = this.#file.write(at, bytes);
    if (failed !== undefined) {
      const code = errorCode(failed);
      return new IoError(`the file could not be written: ${code}`, { filesystem: code });
    }
    if (this.#at !== 'end') this.#at = at + bytes.length;
    return undefined;
  }

  close(): void {
    this.#files.release(this.#file);
  }
}
