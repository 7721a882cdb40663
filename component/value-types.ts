/** Reads value types (Binary.md, "Type Definitions": valtype and defvaltype). */
import type { WitPrimitive } from '../contracts/wit.ts';
import type { ByteReader } from '../wasm/reader.ts';
import { invalid, unsupported } from './error.ts';
import type { PlanBuilder } from './plan-builder.ts';
import { readLabel, readOptional, readVector } from './reader.ts';
import type { DefinedType, Scope } from './scope.ts';
import type { ResourceType, ValueType } from './types.ts';

/** Shared, so that whoever keeps something per type keeps it once. */
const primitives: ReadonlyMap<number, ValueType> = new Map(
  (
    [
      [0x7f, 'bool'],
      [0x7e, 's8'],
      [0x7d, 'u8'],
      [0x7c, 's16'],
      [0x7b, 'u16'],
      [0x7a, 's32'],
      [0x79, 'u32'],
      [0x78, 's64'],
      [0x77, 'u64'],
      [0x76, 'f32'],
      [0x75, 'f64'],
      [0x74, 'char'],
      [0x73, 'string'],
    ] satisfies [number, WitPrimitive][]
  ).map(([code, kind]) => [code, Object.freeze({ kind })]),
);
const errorContext = 0x64;

/** CanonicalABI.md, "Flags": more than 32 do not fit into an i32. */
const maxFlags = 32;

/** `valtype`: a primitive type or the index of a value type. */
export function readValueType(plan: PlanBuilder, reader: ByteReader, scope: Scope): ValueType {
  const offset = reader.offset;
  const index = reader.s33();
  if (index >= 0) {
    const { type } = scope.get('type', index, offset);
    if (!isValueType(type)) throw invalid(`type ${index} is not a value type`, offset);
    return type;
  }
  const code = index + 0x80;
  if (code === errorContext) throw unsupported('error-context', offset);
  const primitive = primitives.get(code);
  if (primitive === undefined) throw invalid('an unknown value type', offset);
  return primitive;
}

export function isValueType(type: DefinedType): type is ValueType {
  return type.kind !== 'func' && type.kind !== 'resource' && type.kind !== 'component-type' && type.kind !== 'instance-type';
}

/** A type index that stands for a resource type. */
export function readResource(reader: ByteReader, scope: Scope): ResourceType {
  const offset = reader.offset;
  const index = reader.u32();
  const { type } = scope.get('type', index, offset);
  if (type.kind !== 'resource') throw invalid(`type ${index} is not a resource type`, offset);
  return type;
}

/**
 * `defvaltype`, its first byte already taken.
 * @returns undefined when the byte begins something else
 */
export function readValueTypeDefinition(plan: PlanBuilder, reader: ByteReader, scope: Scope, code: number): ValueType | undefined {
  const offset = reader.offset - 1;
  const type = readDefinition(plan, reader, scope, code);
  if (type === undefined) return undefined;
  const { concurrent, hasBorrow } = plan.measures.of(type, offset);
  if (concurrent !== undefined && hasBorrow) throw invalid(`a ${concurrent} of borrowed handles`, offset);
  return type;
}

function readDefinition(plan: PlanBuilder, reader: ByteReader, scope: Scope, code: number): ValueType | undefined {
  const { budget } = plan;
  const value = (): ValueType => readValueType(plan, reader, scope);
  const optional = (): ValueType | undefined => readOptional(reader, value);
  const some = <T>(what: string, read: () => T): T[] => {
    const offset = reader.offset;
    const entries = readVector(budget, reader, what, read);
    if (entries.length === 0) throw invalid(`a type without ${what}`, offset);
    return entries;
  };
  const keys = new Set<string>();
  const label = (): string => readLabel(budget, reader, keys);
  switch (code) {
    case 0x72:
      return { kind: 'record', fields: some('fields', () => ({ name: label(), type: value() })) };
    case 0x71:
      return { kind: 'variant', cases: some('cases', () => readCase(reader, label, optional)) };
    case 0x70:
      return { kind: 'list', of: value(), length: undefined };
    case 0x6f:
      return { kind: 'tuple', of: some('members', value) };
    case 0x6e:
      return { kind: 'flags', names: atMost(maxFlags, some('flags', label), reader) };
    case 0x6d:
      return { kind: 'enum', names: some('cases', label) };
    case 0x6b:
      return { kind: 'option', of: value() };
    case 0x6a:
      return { kind: 'result', ok: optional(), err: optional() };
    case 0x69:
      return { kind: 'own', resource: readResource(reader, scope) };
    case 0x68:
      return { kind: 'borrow', resource: readResource(reader, scope) };
    case 0x67:
      return readFixedList(reader, value());
    case 0x66:
      return { kind: 'stream', of: optional() };
    case 0x65:
      return { kind: 'future', of: optional() };
    case errorContext:
      throw unsupported('error-context', reader.offset - 1);
    case 0x63:
      // "despecialize" of CanonicalABI.md: a map is a list of pairs.
      return { kind: 'list', of: { kind: 'tuple', of: [value(), value()] }, length: undefined };
    default:
      return primitives.get(code);
  }
}

function readCase(
  reader: ByteReader,
  label: () => string,
  optional: () => ValueType | undefined,
): { readonly name: string; readonly type: ValueType | undefined } {
  const name = label();
  const type = optional();
  const offset = reader.offset;
  if (reader.byte() !== 0) throw invalid('a case that refines another', offset);
  return { name, type };
}

function readFixedList(reader: ByteReader, of: ValueType): ValueType {
  const offset = reader.offset;
  const length = reader.u32();
  if (length === 0) throw invalid('a list of fixed length 0', offset);
  return { kind: 'list', of, length };
}

function atMost(most: number, names: string[], reader: ByteReader): string[] {
  if (names.length > most) throw invalid(`more than ${most} flags`, reader.offset);
  return names;
}
