/** Records and tuples. CanonicalABI.md, "Element Size" (elem_size_record), load_record, store_record, lift_flat_record, lower_flat_record. */
import type { Context } from '../context.ts';
import type { FlatValue } from '../faults.ts';
import { type Abi, alignTo } from './abi.ts';

/** Where the members lie: in memory, and among the flat values. */
function layout(members: readonly Abi[]): { offsets: readonly number[]; positions: readonly number[]; size: number; align: number } {
  const offsets: number[] = [];
  const positions: number[] = [];
  let end = 0;
  let position = 0;
  let align = 1;
  for (const member of members) {
    const offset = alignTo(end, member.align);
    offsets.push(offset);
    positions.push(position);
    end = offset + member.size;
    position += member.flat?.length ?? 0;
    align = Math.max(align, member.align);
  }
  return { offsets, positions, size: alignTo(end, align), align };
}

function costOf(members: readonly Abi[]): number {
  return members.reduce((sum, member) => sum + 8 + member.cost, 24);
}

export function tupleAbi(members: readonly Abi[], flat: Abi['flat']): Abi {
  const { offsets, positions, size, align } = layout(members);
  const count = members.length;
  const valuesOf = (value: unknown): readonly unknown[] => {
    const values = value as readonly unknown[];
    if (values.length !== count) throw new TypeError(`expected a tuple of ${count}, got ${values.length}`);
    return values;
  };
  return {
    size,
    align,
    flat,
    cost: costOf(members),
    load: (c, p) => members.map((member, i) => member.load(c, p + (offsets[i] as number))),
    store: (c, p, v) => {
      const values = valuesOf(v);
      for (let i = 0; i < count; i++) (members[i] as Abi).store(c, p + (offsets[i] as number), values[i]);
    },
    lift: (c, f, at) => members.map((member, i) => member.lift(c, f, at + (positions[i] as number))),
    lower: (c, v, f, at) => {
      const values = valuesOf(v);
      for (let i = 0; i < count; i++) (members[i] as Abi).lower(c, values[i], f, at + (positions[i] as number));
    },
  };
}

type RecordValue = Record<string, unknown>;

/**
 * @param keys one per member: camelCase labels, checked by the caller to be labels and different. Every key is set before it is read, so
 *             that nothing inherited is ever found
 */
export function recordAbi(members: readonly Abi[], keys: readonly string[], flat: Abi['flat']): Abi {
  const { offsets, positions, size, align } = layout(members);
  const count = members.length;
  return {
    size,
    align,
    flat,
    cost: costOf(members),
    load: (c: Context, p: number) => {
      const record: RecordValue = {};
      for (let i = 0; i < count; i++) record[keys[i] as string] = (members[i] as Abi).load(c, p + (offsets[i] as number));
      return record;
    },
    store: (c, p, v) => {
      const record = v as RecordValue;
      for (let i = 0; i < count; i++) (members[i] as Abi).store(c, p + (offsets[i] as number), record[keys[i] as string]);
    },
    lift: (c, f, at) => {
      const record: RecordValue = {};
      for (let i = 0; i < count; i++) record[keys[i] as string] = (members[i] as Abi).lift(c, f, at + (positions[i] as number));
      return record;
    },
    lower: (c, v, f: FlatValue[], at) => {
      const record = v as RecordValue;
      for (let i = 0; i < count; i++) (members[i] as Abi).lower(c, record[keys[i] as string], f, at + (positions[i] as number));
    },
  };
}
