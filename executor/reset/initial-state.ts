/** What an instance was right after its instantiation, and the way back to it. Measurements: docs/decisions/0019. */
import { stateExportPrefix } from '../../wasm/state-exports.ts';

/** After so many instances in a row that were not put back, since they grew or failed, only each so manieth is looked at. */
const patience = { misses: 3, every: 1_024 } as const;

/** Those of one artifact. */
export class InitialStates {
  readonly #resets: boolean;
  #misses = 0;

  /** @param resets whether `exposeState` made its module */
  constructor(resets: boolean) {
    this.#resets = resets;
  }

  /**
   * To be called before anything of the instance is.
   * @param memory that it imports, if it does
   * @returns undefined where it cannot be put back, or hardly will be
   */
  of(exports: WebAssembly.Exports, memory: WebAssembly.Memory | undefined): InitialState | undefined {
    if (!this.#resets) return undefined;
    const isHopeless = this.#misses >= patience.misses && this.#misses % patience.every !== 0;
    this.#misses++;
    return isHopeless ? undefined : InitialState.of(exports, memory);
  }

  /** @returns false when it could not be put back */
  restore(state: InitialState | undefined): boolean {
    if (state?.restore() !== true) return false;
    this.#misses = 0;
    return true;
  }
}

/** Memory is compared with zeroes, and kept, in pieces of this size. */
const pieceBytes = 4_096;
const zeroes = Buffer.alloc(pieceBytes);

export class InitialState {
  readonly #memory: WebAssembly.Memory | undefined;
  /** The memory's buffer: when it grows it gets another one. */
  readonly #buffer: ArrayBufferLike | undefined;
  readonly #view: Buffer;
  /** What is not zero in it. */
  readonly #image: readonly (readonly [offset: number, bytes: Buffer])[];
  readonly #globals: readonly (readonly [global: WebAssembly.Global, value: unknown])[];

  private constructor(globals: readonly WebAssembly.Global[], memory: WebAssembly.Memory | undefined) {
    this.#memory = memory;
    this.#buffer = memory?.buffer;
    this.#view = Buffer.from(this.#buffer ?? new ArrayBuffer(0));
    this.#image = imageOf(this.#view);
    this.#globals = globals.map((global) => [global, global.value]);
  }

  /** @returns undefined where JavaScript cannot put it back: the bits of a NaN in a global are lost on the way */
  static of(exports: WebAssembly.Exports, memory: WebAssembly.Memory | undefined): InitialState | undefined {
    const globals: WebAssembly.Global[] = [];
    for (const name in exports) {
      if (!name.startsWith(stateExportPrefix)) continue;
      const global = exports[name] as WebAssembly.Global;
      if (Number.isNaN(global.value)) return undefined;
      globals.push(global);
    }
    return new InitialState(globals, memory);
  }

  /** @returns false when the memory has grown: it cannot be made as small as it was */
  restore(): boolean {
    if (this.#memory?.buffer !== this.#buffer) return false;
    this.#view.fill(0);
    for (const [offset, bytes] of this.#image) this.#view.set(bytes, offset);
    for (const [global, value] of this.#globals) global.value = value;
    return true;
  }
}

function imageOf(memory: Buffer): [offset: number, bytes: Buffer][] {
  const image: [number, Buffer][] = [];
  let from: number | undefined;
  for (let at = 0; at < memory.length; at += pieceBytes) {
    const isZero = memory.compare(zeroes, 0, pieceBytes, at, at + pieceBytes) === 0;
    if (!isZero) from ??= at;
    else if (from !== undefined) {
      image.push([from, Buffer.from(memory.subarray(from, at))]);
      from = undefined;
    }
  }
  if (from !== undefined) image.push([from, Buffer.from(memory.subarray(from))]);
  return image;
}
