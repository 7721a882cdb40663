/** Rewrites a core module so that its host can see, and put back, all that an instance of it can change of itself. */
import { skipConstantExpression } from './expression.ts';
import { readExternKind, readImportSection } from './imports.ts';
import { callForm, form, forms, opcodes } from './instructions.ts';
import { leb } from './leb.ts';
import { memoryImport } from './memory-import.ts';
import { type ByteReader, WasmFormatError } from './reader.ts';
import { readSections, type Section, sectionIds, sectionReader } from './sections.ts';
import { stateExportPrefix } from './state-exports.ts';
import { readValueType } from './types.ts';
import { Walk } from './walk.ts';

const globalKind = 3;
/** JS API, "Implementation-defined Limits". */
const most = { globals: 1_000_000, exports: 1_000_000, functions: 1_000_000 } as const;
/** A host reads and writes hundreds of globals more slowly than it makes an instance. */
const mostMutableGlobals = 64;
/** Code is walked over in the thread of the worker: some 5 ms per MiB. */
const mostCodeBytes = 4_194_304;
/** Through JavaScript these keep their value; vectors and references cannot be read from there. */
const numberTypes = new Set(['i32', 'i64', 'f32', 'f64']);

/**
 * The state of an instance is its memory, its globals, its tables, and which of its segments it dropped (core specification, "Store"). Here it
 * is the memory that it imports (import-memory.ts) and its mutable globals, which get exports of their own; nothing else of the module changes.
 * @returns undefined where that is not all, or not alike for all instances: for a module with a memory of its own, with imports besides functions,
 * with functions for its start function to call, with code that writes tables or drops segments, or with instructions that are not known here
 */
export function exposeState(bytes: Uint8Array): Uint8Array | undefined {
  try {
    const sections = readSections(bytes);
    if (!hidesNothing(bytes, sections)) return undefined;
    const globals = mutableGlobals(sectionReader(bytes, sections, sectionIds.global));
    return globals === undefined ? undefined : withExports(bytes, sections, globals);
  } catch (error) {
    if (error instanceof WasmFormatError) return undefined;
    throw error;
  }
}

function hidesNothing(bytes: Uint8Array, sections: readonly Section[]): boolean {
  const has = (id: number): boolean => sections.some((section) => section.id === id);
  if (has(sectionIds.memory)) return false;
  const reader = sectionReader(bytes, sections, sectionIds.import);
  for (const { module, type } of reader === undefined ? [] : readImportSection(reader)) {
    const isOurs = type.kind === 'memory' && module === memoryImport.module;
    if (!isOurs && (type.kind !== 'function' || has(sectionIds.start))) return false;
  }
  return codeLeavesTablesAndSegments(bytes, sectionReader(bytes, sections, sectionIds.code));
}

/** @returns the indices of the mutable ones; undefined if one of them cannot be read by the host, or there are too many */
function mutableGlobals(reader: ByteReader | undefined): number[] | undefined {
  const found: number[] = [];
  if (reader === undefined) return found;
  const count = reader.count('globals', most.globals, 3);
  for (let index = 0; index < count; index++) {
    const type = readValueType(reader);
    const isMutable = reader.byte() === 1;
    skipConstantExpression(reader);
    if (!isMutable) continue;
    if (!numberTypes.has(type)) return undefined;
    found.push(index);
  }
  return found.length > mostMutableGlobals ? undefined : found;
}

/** @returns undefined for a module without exports, which nobody can call, or with one of such a name */
function withExports(bytes: Uint8Array, sections: readonly Section[], globals: readonly number[]): Uint8Array | undefined {
  const section = sections.find(({ id }) => id === sectionIds.export);
  const reader = sectionReader(bytes, sections, sectionIds.export);
  if (section === undefined || reader === undefined) return undefined;
  const count = reader.count('exports', most.exports, 3);
  const entriesAt = reader.offset;
  for (let left = count; left > 0; left--) {
    if (reader.name().startsWith(stateExportPrefix)) return undefined;
    readExternKind(reader);
    reader.u32();
  }
  if (globals.length === 0) return bytes;
  const added = globals.flatMap((index) => {
    const name = stateExportPrefix + index;
    return [name.length, ...Buffer.from(name, 'latin1'), globalKind, ...leb(index)];
  });
  const head = leb(count + globals.length);
  const size = head.length + (section.end - entriesAt) + added.length;
  return Buffer.concat([
    bytes.subarray(0, section.start),
    Uint8Array.from([sectionIds.export, ...leb(size), ...head]),
    bytes.subarray(entriesAt, section.end),
    Uint8Array.from(added),
    bytes.subarray(section.end),
  ]);
}

function codeLeavesTablesAndSegments(bytes: Uint8Array, reader: ByteReader | undefined): boolean {
  if (reader === undefined) return true;
  if (reader.remaining > mostCodeBytes) return false;
  for (let left = reader.count('functions', most.functions); left > 0; left--) {
    const length = reader.u32();
    const start = reader.offset;
    reader.skip(length);
    if (!new Scan(bytes, start, start + length).leavesTablesAndSegments()) return false;
  }
  return true;
}

/** Prefix 0xfc: data.drop, table.init, elem.drop, table.copy, table.grow, table.fill. */
const hiddenChanges = new Set([9, 12, 13, 14, 15, 17]);

class Scan extends Walk {
  #depth = 1;

  /** Once out of step with the instructions a walk hardly ever ends where the body does, with every block closed. */
  leavesTablesAndSegments(): boolean {
    if (!this.skipLocals()) return false;
    while (this.#depth > 0 && this.at < this.end) if (!this.#instruction(this.bytes[this.at++] ?? 0)) return false;
    return this.#depth === 0 && this.at === this.end;
  }

  #instruction(opcode: number): boolean {
    if (forms[opcode] === form.control) return this.#control(opcode);
    if (opcode === opcodes.tableSet) return false;
    if (opcode !== opcodes.bulk) return this.skipOperands(opcode);
    const before = this.at;
    if (hiddenChanges.has(this.leb())) return false;
    this.at = before;
    return this.skipOperands(opcode);
  }

  #control(opcode: number): boolean {
    if (opcode >= opcodes.call) return this.skip(callForm(opcode));
    if (opcode === opcodes.end) this.#depth--;
    else if (opcode === opcodes.brIf) this.leb();
    else if (opcode === opcodes.brTable) this.branches();
    else if (opcode !== opcodes.unreachable && opcode !== opcodes.else) {
      this.#depth++;
      return this.skipType();
    }
    return true;
  }
}
