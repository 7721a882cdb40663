/** A guest of WASI preview 1 in a test: its memory, its world, and its calls by name, with structures written and read for it. */
import assert from 'node:assert/strict';
import { encodeAssets } from '../../contracts/assets.ts';
import { freezeAssets } from '../../executor/host/files/freeze.ts';
import { GuestCell } from '../../executor/host/preview1/cell.ts';
import { preview1Imports } from '../../executor/host/preview1/imports.ts';
import { World, type WorldSettings } from '../../executor/host/world.ts';
import type { preview1Modules } from '../../wasi/preview1.ts';
import { packOf } from './asset-packs.ts';

type Call = (...args: (number | bigint)[]) => number;

/** What a test may say about the world. */
export type Surroundings = Partial<WorldSettings> & { readonly stdin?: string; readonly files?: Readonly<Record<string, string>> };

/** Where things are put: paths, structures, buffers. One page of memory. */
export const at = { path: 0x100, otherPath: 0x2000, out: 0x4000, vectors: 0x5000, buffer: 0x6000, end: 0x1_0000 } as const;

/** All rights there are. */
export const everything = 0x3fff_ffffn;

export class TestGuest {
  readonly memory = new WebAssembly.Memory({ initial: 1 });
  readonly world: World;
  readonly imports: WebAssembly.Imports;
  readonly #module: (typeof preview1Modules)[number];

  constructor({ stdin = '', files, ...settings }: Surroundings = {}, module: (typeof preview1Modules)[number] = 'wasi_snapshot_preview1') {
    this.world = new World({
      args: [],
      env: [],
      assets: files === undefined ? undefined : freezeAssets(encodeAssets(packOf(files))),
      maxFileBytes: 1_000_000,
      maxAnswerBytes: 1_000_000,
      maxLogBytes: 1_000_000,
      ...settings,
    });
    this.world.stdin = Buffer.from(stdin);
    const cell = new GuestCell();
    cell.enter(this.world, this.memory);
    this.imports = preview1Imports(cell);
    this.#module = module;
  }

  /** @returns the errno */
  call(name: string, ...args: (number | bigint)[]): number {
    const call = this.imports[this.#module]?.[name] as Call | undefined;
    assert.ok(call, `there is no ${name}`);
    return call(...args);
  }

  get view(): DataView {
    return new DataView(this.memory.buffer);
  }

  u32(pointer: number): number {
    return this.view.getUint32(pointer, true);
  }

  u64(pointer: number): bigint {
    return this.view.getBigUint64(pointer, true);
  }

  text(pointer: number, length: number): string {
    return Buffer.from(this.memory.buffer, pointer, length).toString();
  }

  /** @returns pointer and length, as calls take them */
  put(text: string | Uint8Array, pointer: number = at.path): readonly [pointer: number, length: number] {
    const bytes = Buffer.from(text);
    new Uint8Array(this.memory.buffer).set(bytes, pointer);
    return [pointer, bytes.length];
  }

  /** Lays out buffers of these lengths one behind the other from `at.buffer` on. @returns pointer and count */
  vectors(...lengths: readonly number[]): readonly [pointer: number, count: number] {
    let buffer: number = at.buffer;
    for (const [index, length] of lengths.entries()) {
      this.view.setUint32(at.vectors + 8 * index, buffer, true);
      this.view.setUint32(at.vectors + 8 * index + 4, length, true);
      buffer += length;
    }
    return [at.vectors, lengths.length];
  }

  /** Opens under the root with all rights unless others are given. @returns the descriptor */
  open(path: string, { oflags = 0, base = everything, inheriting = everything, flags = 0, lookup = 1, from = 3 } = {}): number {
    assert.equal(this.tryOpen(path, { oflags, base, inheriting, flags, lookup, from }), 0, `opening ${path}`);
    return this.u32(at.out);
  }

  /** @returns the errno */
  tryOpen(path: string, { oflags = 0, base = everything, inheriting = everything, flags = 0, lookup = 1, from = 3 } = {}): number {
    return this.call('path_open', from, lookup, ...this.put(path), oflags, base, inheriting, flags, at.out);
  }

  /** Writes a file under the root, new or over what is there. */
  file(path: string, contents: string): void {
    const fd = this.open(path, { oflags: oflag.create | oflag.truncate });
    this.write(fd, contents);
    assert.equal(this.call('fd_close', fd), 0);
  }

  /** @returns the errno */
  write(fd: number, text: string): number {
    this.put(text, at.buffer);
    return this.call('fd_write', fd, ...this.vectors(Buffer.byteLength(text)), at.out);
  }

  /** @returns what one read gives */
  read(fd: number, length = 1_000): string {
    assert.equal(this.call('fd_read', fd, ...this.vectors(length), at.out), 0);
    return this.text(at.buffer, this.u32(at.out));
  }

  /** @returns the whole file */
  contents(path: string): string {
    const fd = this.open(path, { base: 2n });
    const text = this.read(fd);
    assert.equal(this.call('fd_close', fd), 0);
    return text;
  }

  directory(path: string): void {
    assert.equal(this.call('path_create_directory', 3, ...this.put(path)), 0, `making ${path}`);
  }

  symlink(target: string, path: string): void {
    assert.equal(this.call('path_symlink', ...this.put(target, at.otherPath), 3, ...this.put(path)), 0, `linking ${path}`);
  }
}

export const oflag = { create: 1, directory: 2, exclusive: 4, truncate: 8 } as const;
