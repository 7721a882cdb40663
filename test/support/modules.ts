/** Builds modules for tests: from text with wabt, or section by section where text would be too long or wabt too old. */
import wabt from 'wabt';

const features = {
  multi_value: true,
  mutable_globals: true,
  sign_extension: true,
  sat_float_to_int: true,
  simd: true,
  bulk_memory: true,
  reference_types: true,
  tail_call: true,
  exceptions: true,
  extended_const: true,
  multi_memory: true,
  memory64: true,
  threads: true,
} as const;

let toolkit: ReturnType<typeof wabt> | undefined;
const built = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

/**
 * @param text a module in the text format; kept, so that the same text is built once
 * @returns the binary with a name section, in memory of its own
 */
export function fromWat(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const known = built.get(text) ?? build(text);
  built.set(text, known);
  return known;
}

async function build(text: string): Promise<Uint8Array<ArrayBuffer>> {
  toolkit ??= wabt();
  const module = (await toolkit).parseWat('module.wat', text, features);
  try {
    return new Uint8Array(module.toBinary({ write_debug_names: true }).buffer);
  } finally {
    module.destroy();
  }
}

/** Unsigned LEB128. */
export function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...leb(Math.floor(value / 0x80))];
}

/** A length and the UTF-8 bytes. */
export function name(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  return [...leb(bytes.length), ...bytes];
}

/** One section, its size put before the contents. */
export function section(id: number, ...contents: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const size = contents.reduce((sum, part) => sum + part.length, 0);
  return join([id], leb(size), ...contents);
}

/** The preamble of a core module and these sections. */
export function binary(...sections: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  return join([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], ...sections);
}

/** `bytes`, `times` over. */
export function repeat(bytes: readonly number[], times: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(bytes.length * times);
  for (let i = 0; i < times; i++) whole.set(bytes, i * bytes.length);
  return whole;
}

function join(...parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
