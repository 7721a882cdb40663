/** Finds the functions of a module that only compute: they loop and call nothing. What a compiler's choice for them can rest on. */
import { callForm, form, forms, opcodes } from './instructions.ts';
import { type Section, sectionIds, sectionReader } from './sections.ts';
import { Walk } from './walk.ts';

export interface Kernel {
  /** Among the defined functions. */
  readonly index: number;
  /** Of its body. */
  readonly bytes: number;
  /** Whether an innermost loop takes one of several ways within a turn: `if`, or a conditional branch to a place in the loop. */
  readonly forks: boolean;
}

/** JS API, "Implementation-defined Limits". */
const mostFunctions = 1_000_000;

/**
 * A call before `unreachable`, as of a panic, does not count. A function with instructions that are not known here is no kernel.
 * @param bytes a valid module; of another one anything may be said, in time that its size bounds
 * @param most only among so many functions, from the first defined one on
 * @throws WasmFormatError
 */
export function readKernels(bytes: Uint8Array, sections: readonly Section[], most: number): Kernel[] {
  const reader = sectionReader(bytes, sections, sectionIds.code);
  if (reader === undefined) return [];
  const kernels: Kernel[] = [];
  const count = Math.min(most, reader.count('functions', mostFunctions));
  for (let index = 0; index < count; index++) {
    const length = reader.u32();
    const start = reader.offset;
    reader.skip(length);
    const forks = new Scan(bytes, start, start + length).forks();
    if (forks !== undefined) kernels.push({ index, bytes: length, forks });
  }
  return kernels;
}

/** A block that is open. Only of loops is anything told. */
interface Block {
  readonly isLoop: boolean;
  innermost: boolean;
  forks: boolean;
}

class Scan extends Walk {
  readonly #open: Block[] = [];
  #loops = false;
  #forks = false;

  /** @returns whether an innermost loop forks; undefined when this is no kernel: most are none, and their first call tells */
  forks(): boolean | undefined {
    if (!this.skipLocals()) return undefined;
    while (this.at < this.end) if (!this.#instruction(this.bytes[this.at++] ?? 0)) return undefined;
    return this.#loops ? this.#forks : undefined;
  }

  /** @returns false for what no kernel has */
  #instruction(opcode: number): boolean {
    return forms[opcode] === form.control ? this.#control(opcode) : this.skipOperands(opcode);
  }

  #control(opcode: number): boolean {
    if (opcode >= opcodes.call) return this.#neverReturns(opcode);
    if (opcode === opcodes.end) this.#leave();
    else if (opcode === opcodes.brIf) this.#branch(this.leb());
    else if (opcode === opcodes.brTable) for (const depth of this.branches()) this.#branch(depth);
    else if (opcode !== opcodes.unreachable && opcode !== opcodes.else) {
      if (!this.skipType()) return false;
      this.#enter(opcode);
    }
    return true;
  }

  #enter(opcode: number): void {
    const isLoop = opcode === opcodes.loop;
    const around = this.#open.findLast((block) => block.isLoop);
    if (around !== undefined && isLoop) around.innermost = false;
    if (around !== undefined && opcode === opcodes.if) around.forks = true;
    this.#open.push({ isLoop, innermost: true, forks: false });
  }

  #leave(): void {
    const block = this.#open.pop();
    if (block?.isLoop !== true) return;
    this.#loops = true;
    if (block.innermost && block.forks) this.#forks = true;
  }

  /** To a block within the loop around: one way of several. To the loop itself, or out of it: the next turn, or none. */
  #branch(depth: number): void {
    const loop = this.#open.findLastIndex((block) => block.isLoop);
    const around = this.#open[loop];
    if (around !== undefined && this.#open.length - 1 - depth > loop) around.forks = true;
  }

  #neverReturns(call: number): boolean {
    this.skip(callForm(call));
    return this.bytes[this.at] === opcodes.unreachable;
  }
}
