/** The type section with the recursion groups and subtypes of WasmGC: finds the function types by index, skips the rest. */
import type { ByteReader } from './reader.ts';
import { maxParams, maxResults, readValueType } from './types.ts';

const code = { rec: 0x4e, sub: 0x50, subFinal: 0x4f, func: 0x60, struct: 0x5f, array: 0x5e } as const;
const packed = { i8: 0x78, i16: 0x77 } as const;
/** JS API, "Implementation-defined Limits". */
const most = { types: 1_000_000, fields: 10_000, supertypes: 1 } as const;

/** In place of an offset: a struct or array type. */
export const notAFunction = -1;

/**
 * @returns per type index where the parameters of a function type begin in the file (`readFuncType` goes on from there), or `notAFunction`.
 *          Offsets instead of types, because a hostile module can declare a million types of a thousand parameters.
 */
export function readTypeSection(reader: ByteReader): number[] {
  const types: number[] = [];
  const groups = reader.count('types', most.types);
  for (let i = 0; i < groups; i++) {
    let size = 1;
    if (reader.peek() === code.rec) {
      reader.byte();
      size = reader.count('types in a group', most.types);
    }
    for (let j = 0; j < size; j++) types.push(skipSubType(reader));
    if (types.length > most.types) throw reader.fault(`more than ${most.types} types`);
  }
  reader.expectEnd('the type section');
  return types;
}

function skipSubType(reader: ByteReader): number {
  const first = reader.peek();
  if (first === code.sub || first === code.subFinal) {
    reader.byte();
    for (let supertypes = reader.count('supertypes', most.supertypes); supertypes > 0; supertypes--) reader.skipLeb(32);
  }
  return skipCompositeType(reader);
}

function skipCompositeType(reader: ByteReader): number {
  const start = reader.offset;
  const kind = reader.byte();
  if (kind === code.func) {
    const offset = reader.offset;
    for (let params = reader.count('parameters', maxParams); params > 0; params--) readValueType(reader);
    for (let results = reader.count('results', maxResults); results > 0; results--) readValueType(reader);
    return offset;
  }
  if (kind === code.array) skipField(reader);
  else if (kind === code.struct) for (let fields = reader.count('fields', most.fields); fields > 0; fields--) skipField(reader);
  else throw reader.fault('an unknown kind of type', start);
  return notAFunction;
}

function skipField(reader: ByteReader): void {
  const storage = reader.peek();
  if (storage === packed.i8 || storage === packed.i16) reader.byte();
  else readValueType(reader);
  if (reader.byte() > 1) throw reader.fault('an unknown mutability', reader.offset - 1);
}
