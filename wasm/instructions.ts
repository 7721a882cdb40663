/** What follows each opcode in the bytes of a function (core specification, "Instructions" of the binary format): enough to walk over code that is valid. */

/** Of an instruction's immediates. Those of control flow are told apart by their opcodes. */
export const form = { unknown: 0, none: 1, leb: 2, twoLebs: 3, memory: 4, fourBytes: 5, eightBytes: 6, prefixed: 7, control: 8 } as const;

export const opcodes = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  brIf: 0x0d,
  brTable: 0x0e,
  call: 0x10,
  callIndirect: 0x11,
  returnCallIndirect: 0x13,
  tableSet: 0x26,
  bulk: 0xfc,
  vector: 0xfd,
} as const;

/** Unknown are what no compiler in common use emits without being asked: exceptions, collected objects, threads. */
const ranges: readonly (readonly [first: number, last: number, of: number])[] = [
  [0x00, 0x00, form.control], // unreachable
  [0x01, 0x01, form.none], // nop
  [0x02, 0x05, form.control], // block, loop, if, else
  [0x0b, 0x0b, form.control], // end
  [0x0c, 0x0c, form.leb], // br
  [0x0d, 0x0e, form.control], // br_if, br_table
  [0x0f, 0x0f, form.none], // return
  [0x10, 0x15, form.control], // calls
  [0x1a, 0x1b, form.none], // drop, select
  [0x20, 0x26, form.leb], // locals, globals, tables
  [0x28, 0x3e, form.memory], // loads and stores
  [0x3f, 0x41, form.leb], // memory.size, memory.grow, i32.const
  [0x42, 0x42, form.leb], // i64.const
  [0x43, 0x43, form.fourBytes], // f32.const
  [0x44, 0x44, form.eightBytes], // f64.const
  [0x45, 0xc4, form.none], // numeric
  [0xd1, 0xd1, form.none], // ref.is_null
  [0xd2, 0xd2, form.leb], // ref.func
  [0xfc, 0xfd, form.prefixed], // saturating and bulk; vectors
];

/** Form by opcode. */
export const forms: Uint8Array = Uint8Array.from({ length: 256 }, (_, opcode) => {
  const range = ranges.find(([first, last]) => opcode >= first && opcode <= last);
  return range?.[2] ?? form.unknown;
});

/** @returns the form of a call: of a function, or of one in a table, whose number follows its type */
export function callForm(opcode: number): number {
  return opcode === opcodes.callIndirect || opcode === opcodes.returnCallIndirect ? form.twoLebs : form.leb;
}

/** @returns the form of an instruction of prefix 0xfc */
export function bulkForm(code: number): number {
  if (code <= 7) return form.none; // saturating conversions
  if (code > 17) return form.unknown;
  return code % 2 === 0 && code <= 14 ? form.twoLebs : form.leb;
}

/** @returns bytes behind an instruction of prefix 0xfd; `memory` tells whether a memory argument precedes them */
export function vectorImmediates(code: number): { readonly memory: boolean; readonly bytes: number } {
  const lane = code >= 84 && code <= 91;
  if (code <= 11 || code === 92 || code === 93 || lane) return { memory: true, bytes: lane ? 1 : 0 };
  if (code <= 13) return { memory: false, bytes: 16 }; // v128.const, i8x16.shuffle
  return { memory: false, bytes: code >= 21 && code <= 34 ? 1 : 0 };
}
