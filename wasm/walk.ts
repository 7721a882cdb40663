/** Walks over the instructions of a function. Reads the bytes itself: a reader's checks would be most of the time of walking over much code. */
import { bulkForm, form, forms, opcodes, vectorImmediates } from './instructions.ts';

/** Of a valid function; in another one it may find whatever the bytes say, in time that their number bounds. */
export class Walk {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;

  /** @param start of the locals, `end` of the body: `[start, end)` in `bytes` */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.end = end;
    this.at = start;
  }

  /** Unsigned; of a longer or a signed number, whatever its lowest 32 bits are. */
  leb(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  /** All the declarations of locals. @returns false for a type that is not known here */
  skipLocals(): boolean {
    for (let left = this.leb(); left > 0 && this.at < this.end; left--) {
      this.leb();
      if (!this.skipType()) return false;
    }
    return true;
  }

  /** A value type or the type of a block. @returns false for a reference with a heap type of its own */
  skipType(): boolean {
    const first = this.bytes[this.at] ?? 0;
    this.leb();
    return first !== 0x63 && first !== 0x64;
  }

  /** The targets of a br_table, the default one last. */
  branches(): number[] {
    const depths: number[] = [];
    for (let left = this.leb(); left >= 0 && this.at < this.end; left--) depths.push(this.leb());
    return depths;
  }

  /** What follows the opcode of an instruction that is not control flow. @returns false for one that is not known */
  skipOperands(opcode: number): boolean {
    const of = forms[opcode] ?? form.unknown;
    if (of !== form.prefixed) return this.skip(of);
    const code = this.leb();
    return opcode === opcodes.vector ? this.#skipVector(code) : this.skip(bulkForm(code));
  }

  skip(of: number): boolean {
    if (of === form.unknown) return false;
    if (of === form.fourBytes) this.at += 4;
    else if (of === form.eightBytes) this.at += 8;
    else if (of === form.memory) {
      // Bit 6 of the alignment: the number of a memory follows.
      if (this.leb() & 0x40) this.leb();
      this.leb();
    } else if (of !== form.none) {
      this.leb();
      if (of === form.twoLebs) this.leb();
    }
    return true;
  }

  #skipVector(code: number): true {
    const { memory, bytes } = vectorImmediates(code);
    if (memory) this.skip(form.memory);
    this.at += bytes;
    return true;
  }
}
