/** Where the calls of preview 1 find the instance that is running: they are made once per artifact, instances come and go. */
import { fileLimits } from '../files/limits.ts';
import type { World } from '../world.ts';
import { DescriptorTable } from './descriptors.ts';
import { errno } from './errno.ts';

const noBytes = new Uint8Array(0);
const noView = new DataView(noBytes.buffer);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Pointers and lengths come as signed 32-bit numbers of a guest: `holds` is asked before anything is read or written. */
export class GuestCell {
  #world: World | undefined;
  #memory: WebAssembly.Memory | undefined;
  #bytes: Uint8Array = noBytes;
  #view = noView;

  /** Before each call into an instance. */
  enter(world: World, memory: WebAssembly.Memory): void {
    this.#world = world;
    this.#memory = memory;
    this.#bytes = noBytes;
  }

  get world(): World {
    if (this.#world === undefined) throw new Error('a guest called its host before it was entered');
    return this.#world;
  }

  get memory(): WebAssembly.Memory {
    if (this.#memory === undefined) throw new Error('a guest called its host before it was entered');
    return this.#memory;
  }

  get descriptors(): DescriptorTable {
    const { world } = this;
    world.descriptors ??= new DescriptorTable(world.files);
    return world.descriptors;
  }

  /** All memory. Growing detaches the buffer, which leaves a view of length 0. */
  get bytes(): Uint8Array {
    if (this.#bytes.length === 0) this.#refresh();
    return this.#bytes;
  }

  get view(): DataView {
    if (this.#bytes.length === 0) this.#refresh();
    return this.#view;
  }

  /** @returns whether `length` bytes from `pointer` on are in memory */
  holds(pointer: number, length: number): boolean {
    return (pointer >>> 0) + (length >>> 0) <= this.bytes.length;
  }

  u32(pointer: number): number {
    return this.view.getUint32(pointer >>> 0, true);
  }

  setU32(pointer: number, value: number): void {
    this.view.setUint32(pointer >>> 0, value, true);
  }

  /** @param value an integer from 0 to 2^53 */
  setU64(pointer: number, value: number): void {
    this.view.setUint32(pointer >>> 0, value % 0x1_0000_0000, true);
    this.view.setUint32((pointer >>> 0) + 4, value / 0x1_0000_0000, true);
  }

  setBigU64(pointer: number, value: bigint): void {
    this.view.setBigUint64(pointer >>> 0, value, true);
  }

  /** A view of what `holds` has found in memory. */
  slice(pointer: number, length: number): Uint8Array {
    const at = pointer >>> 0;
    return this.bytes.subarray(at, at + (length >>> 0));
  }

  /** @returns a path; or the number of an error, when it does not lie in memory, is too long or not UTF-8 */
  path(pointer: number, length: number): string | number {
    if (!this.holds(pointer, length)) return errno.fault;
    if (length >>> 0 > fileLimits.maxPathBytes) return errno.nametoolong;
    try {
      return utf8.decode(this.slice(pointer, length));
    } catch {
      return errno.ilseq;
    }
  }

  #refresh(): void {
    this.#bytes = new Uint8Array(this.memory.buffer);
    this.#view = new DataView(this.memory.buffer);
  }
}
