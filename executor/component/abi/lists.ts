/** Lists: of numbers as typed arrays, of others as arrays. CanonicalABI.md, load_list_from_range and store_list_into_range. */
import type { ValueType } from '../../../component/types.ts';
import { type Context, maxValueBytes } from '../context.ts';
import { fail, type FlatValue } from '../faults.ts';
import type { Abi } from './abi.ts';
import { pointerPair } from './pair.ts';

type NumberArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

interface NumberArrayConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): NumberArray;
  from(values: Iterable<never>): NumberArray;
}

/** The element type decides; memory is little-endian, and so is every machine that V8 runs on here. */
const numberArrays: ReadonlyMap<string, NumberArrayConstructor> = new Map<ValueType['kind'], NumberArrayConstructor>([
  ['u8', Uint8Array],
  ['s8', Int8Array],
  ['u16', Uint16Array],
  ['s16', Int16Array],
  ['u32', Uint32Array],
  ['s32', Int32Array],
  ['u64', BigUint64Array],
  ['s64', BigInt64Array],
  ['f32', Float32Array],
  ['f64', Float64Array],
]);

/** A typed array costs far more than what is in it. */
const typedArrayCost = 192;
const arrayCost = 48;

/** @param element of kind `kind` */
export function listAbi(kind: ValueType['kind'], element: Abi): Abi {
  const numbers = numberArrays.get(kind);
  return numbers === undefined ? anyList(element) : numberList(numbers);
}

function bytesOf(c: Context, length: number, size: number): number {
  const bytes = length * size;
  if (bytes > maxValueBytes) fail(c.state, `a list of ${bytes} bytes is too long: at most ${maxValueBytes}`);
  return bytes;
}

function numberList(numbers: NumberArrayConstructor): Abi {
  const size = numbers.BYTES_PER_ELEMENT;
  return pointerPair(
    typedArrayCost,
    (c, pointer, length) => {
      const bytes = bytesOf(c, length, size);
      c.check(pointer, bytes, size);
      c.spend(bytes);
      const copy = c.bytes.slice(pointer, pointer + bytes);
      return numbers === Uint8Array ? copy : new numbers(copy.buffer);
    },
    (c, value) => {
      const array = numbersOf(numbers, value);
      const pointer = c.room(array.byteLength, size);
      c.bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), pointer);
      return { pointer, length: array.length };
    },
  );
}

/** Of the host an iterable of numbers will do as well. */
function numbersOf(numbers: NumberArrayConstructor, value: unknown): NumberArray {
  return value instanceof numbers ? value : numbers.from(value as Iterable<never>);
}

function anyList(element: Abi): Abi {
  const { size, align, cost } = element;
  return pointerPair(
    arrayCost,
    (c, pointer, length) => {
      c.check(pointer, bytesOf(c, length, size), align);
      c.spend(length * (8 + cost));
      const values: unknown[] = [];
      for (let i = 0, at = pointer; i < length; i++, at += size) values.push(element.load(c, at));
      return values;
    },
    (c, value) => {
      const values = value as readonly unknown[];
      const pointer = c.room(values.length * size, align);
      for (let i = 0, at = pointer; i < values.length; i++, at += size) element.store(c, at, values[i]);
      return { pointer, length: values.length };
    },
  );
}

/** A list of known length lies in place, like a tuple. @param element of kind `kind` */
export function fixedListAbi(kind: ValueType['kind'], element: Abi, length: number, flat: Abi['flat']): Abi {
  const numbers = numberArrays.get(kind);
  const wrap = (values: unknown[]): unknown => (numbers === undefined ? values : numbers.from(values as never[]));
  const valuesOf = (value: unknown): ArrayLike<unknown> => {
    const values = value as ArrayLike<unknown>;
    if (values.length !== length) throw new TypeError(`expected a list of ${length} elements, got ${values.length}`);
    return values;
  };
  const width = element.flat?.length ?? 0;
  return {
    size: element.size * length,
    align: element.align,
    flat,
    cost: typedArrayCost + length * (8 + element.cost),
    load: (c, p) => wrap(Array.from({ length }, (_, i) => element.load(c, p + i * element.size))),
    store: (c, p, v) => {
      const values = valuesOf(v);
      for (let i = 0; i < length; i++) element.store(c, p + i * element.size, values[i]);
    },
    lift: (c, f, at) => wrap(Array.from({ length }, (_, i) => element.lift(c, f, at + i * width))),
    lower: (c, v, f: FlatValue[], at) => {
      const values = valuesOf(v);
      for (let i = 0; i < length; i++) element.lower(c, values[i], f, at + i * width);
    },
  };
}
