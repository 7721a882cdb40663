/** Payload of kind `core`: one exported function and its scalar arguments, as bytes. Pure; written by the gateway, read by the executor. */
import { type ScalarType, scalarTypes } from './kinds.ts';

/** i32, f32 and f64 are numbers, i64 is a bigint (JS API of WebAssembly, "ToWebAssemblyValue"). */
export type ScalarValue = number | bigint;

const slotBytes = 9;

/**
 * Layout, little-endian: u16 length of the export's name, its UTF-8 bytes, then 9 bytes per argument: type index, value.
 * @param types  the parameter types; `values` are of the same length and in range
 */
export function encodeCall(exportName: string, types: readonly ScalarType[], values: readonly ScalarValue[]): Uint8Array {
  const nameBytes = Buffer.byteLength(exportName);
  const bytes = Buffer.alloc(2 + nameBytes + types.length * slotBytes);
  bytes.writeUInt16LE(nameBytes, 0);
  bytes.write(exportName, 2);
  let at = 2 + nameBytes;
  for (let i = 0; i < types.length; i++, at += slotBytes) {
    const type = types[i] as ScalarType;
    const value = values[i] as ScalarValue;
    bytes[at] = scalarTypes.indexOf(type);
    if (type === 'i64') bytes.writeBigInt64LE(value as bigint, at + 1);
    else if (type === 'i32') bytes.writeInt32LE(value as number, at + 1);
    else bytes.writeDoubleLE(value as number, at + 1);
  }
  return bytes;
}

/** The inverse of `encodeCall`. */
export function decodeCall(payload: Uint8Array): { exportName: string; values: ScalarValue[] } {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const nameEnd = 2 + bytes.readUInt16LE(0);
  const values: ScalarValue[] = [];
  for (let at = nameEnd; at < bytes.length; at += slotBytes) {
    const type = scalarTypes[bytes[at] ?? -1];
    if (type === 'i64') values.push(bytes.readBigInt64LE(at + 1));
    else if (type === 'i32') values.push(bytes.readInt32LE(at + 1));
    else values.push(bytes.readDoubleLE(at + 1));
  }
  return { exportName: bytes.toString('utf8', 2, nameEnd), values };
}
