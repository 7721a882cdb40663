/** Payload of kind `core`: one exported function and its scalar arguments, as bytes. Pure; written by the gateway, read by the executor. */
import { type ScalarType, scalarTypes } from './kinds.ts';

/** i32, f32 and f64 are numbers, i64 is a bigint (JS API of WebAssembly, "ToWebAssemblyValue"). */
export type ScalarValue = number | bigint;

const slotBytes = 9;
const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

/**
 * Layout, little-endian: u16 length of the export's name, its UTF-8 bytes, then 9 bytes per argument: type index, value.
 * @param types  the parameter types; `values` are of the same length and in range
 */
export function encodeCall(exportName: string, types: readonly ScalarType[], values: readonly ScalarValue[]): Uint8Array {
  const name = utf8.encode(exportName);
  const bytes = new Uint8Array(2 + name.length + types.length * slotBytes);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, name.length, true);
  bytes.set(name, 2);
  let at = 2 + name.length;
  for (let i = 0; i < types.length; i++, at += slotBytes) {
    const type = types[i] as ScalarType;
    const value = values[i] as ScalarValue;
    view.setUint8(at, scalarTypes.indexOf(type));
    if (type === 'i64') view.setBigInt64(at + 1, value as bigint, true);
    else if (type === 'i32') view.setInt32(at + 1, value as number, true);
    else view.setFloat64(at + 1, value as number, true);
  }
  return bytes;
}

/** The inverse of `encodeCall`. */
export function decodeCall(bytes: Uint8Array): { exportName: string; values: ScalarValue[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const nameEnd = 2 + view.getUint16(0, true);
  const values: ScalarValue[] = [];
  for (let at = nameEnd; at < bytes.length; at += slotBytes) {
    const type = scalarTypes[view.getUint8(at)];
    if (type === 'i64') values.push(view.getBigInt64(at + 1, true));
    else if (type === 'i32') values.push(view.getInt32(at + 1, true));
    else values.push(view.getFloat64(at + 1, true));
  }
  return { exportName: fromUtf8.decode(bytes.subarray(2, nameEnd)), values };
}
