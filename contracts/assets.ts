/** The files published with a function, as one pack: normalised at publish, kept by digest, mounted copy-on-write by executors. Pure. */

export interface AssetEntry {
  /** Relative, `/` between segments, no empty segment, no `.` or `..`; parents come before their entries. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink';
  /** Of a symlink: where it points to, inside the tree. */
  readonly target?: string;
  /** Epoch milliseconds. */
  readonly modifiedAtMs: number;
  /** Of a file: where its bytes are in `data`. */
  readonly offset: number;
  readonly sizeBytes: number;
}

export interface AssetPack {
  readonly entries: readonly AssetEntry[];
  /** All contents one after the other. */
  readonly data: Uint8Array;
}

/** Layout, little-endian: u32 length of the index, the index (JSON of `entries`), the data. */
export function encodeAssets({ entries, data }: AssetPack): Uint8Array {
  const index = Buffer.from(JSON.stringify(entries));
  const bytes = Buffer.allocUnsafe(4 + index.length + data.length);
  bytes.writeUInt32LE(index.length, 0);
  bytes.set(index, 4);
  bytes.set(data, 4 + index.length);
  return bytes;
}

/** The inverse of `encodeAssets`; `data` is a view. */
export function decodeAssets(pack: Uint8Array): AssetPack {
  const bytes = Buffer.from(pack.buffer, pack.byteOffset, pack.byteLength);
  const dataAt = 4 + bytes.readUInt32LE(0);
  return { entries: JSON.parse(bytes.toString('utf8', 4, dataAt)) as AssetEntry[], data: bytes.subarray(dataAt) };
}
