/** Canonical options of one component instance at work: its memory and allocator. CanonicalABI.md, "Lifting and Lowering Context". */
import type { StringEncoding } from '../../component/plan.ts';
import { type CoreFunction, fail, type Running } from './faults.ts';
import type { BorrowScope, Handle, HandleTable } from './handles.ts';

/** Most bytes of one string or list (CanonicalABI.md, MAX_STRING_BYTE_LENGTH and MAX_LIST_BYTE_LENGTH). */
export const maxValueBytes = 2 ** 28 - 1;

/** CanonicalABI.md, "Component Instance State". */
export interface ComponentState {
  /** In the plan. */
  readonly number: number;
  readonly handles: HandleTable;
  /** Whether calls may come in, and go out. */
  mayEnter: boolean;
  mayLeave: boolean;
}

const nothing = new Uint8Array(0);
const nowhere = new DataView(nothing.buffer);

export class Context {
  readonly state: Running;
  readonly instance: ComponentState;
  readonly encoding: StringEncoding;
  /** Encoding that the values being lowered had before: it decides how strings are allocated. */
  source: StringEncoding;
  memory: WebAssembly.Memory | undefined = undefined;
  allocate: CoreFunction | undefined = undefined;
  /** Views of `memory`, good after `check`. */
  bytes: Uint8Array = nothing;
  view: DataView = nowhere;
  /** Of the call that runs: counts the borrows given to it. */
  scope: BorrowScope | undefined = undefined;
  /** Of the call being prepared: what it borrows from this instance. */
  lenders: Handle[] | undefined = undefined;

  constructor(state: Running, instance: ComponentState, encoding: StringEncoding) {
    this.state = state;
    this.instance = instance;
    this.encoding = encoding;
    this.source = encoding;
  }

  /**
   * Traps unless the range is aligned and inside the memory; sizes are summed as doubles, so that nothing wraps.
   * @param pointer unsigned
   * @param align   a power of two
   */
  check(pointer: number, size: number, align: number): void {
    // Growing detaches the old buffer, and a detached view has no length.
    if (this.bytes.length === 0) this.#look();
    if ((pointer & (align - 1)) !== 0) fail(this.state, `unaligned pointer: ${pointer} is no multiple of ${align}`);
    if (pointer + size > this.bytes.length) fail(this.state, `out of bounds: ${size} bytes at ${pointer} of ${this.bytes.length}`);
  }

  #look(): void {
    if (this.memory === undefined) return fail(this.state, 'a value lies in memory, but the function names none');
    this.bytes = new Uint8Array(this.memory.buffer);
    this.view = new DataView(this.memory.buffer);
  }

  /**
   * Calls the guest's `realloc`, which must not call out of its component (CanonicalABI.md, "may_leave"), and checks what it answers.
   * @returns the pointer, unsigned
   */
  realloc(old: number, oldSize: number, align: number, size: number): number {
    if (this.allocate === undefined) return fail(this.state, 'a value needs memory, but the function names no realloc');
    this.instance.mayLeave = false;
    const pointer = (this.allocate(old, oldSize, align, size) as number) >>> 0;
    this.instance.mayLeave = true;
    this.check(pointer, size, align);
    return pointer;
  }

  /** Room for a string or list. */
  room(size: number, align: number): number {
    if (size > maxValueBytes) fail(this.state, `a value of ${size} bytes is too large: at most ${maxValueBytes}`);
    return this.realloc(0, 0, align, size);
  }

  /** @param bytes host memory about to be used for what is lifted */
  spend(bytes: number): void {
    this.state.budget -= bytes;
    if (this.state.budget < 0) fail(this.state, 'the values passed in this call are too large together: at most 64 MiB');
  }
}
