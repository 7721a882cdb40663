/** Gives assets back as a tar archive (POSIX.1-2024 "pax Interchange Format"): what is in the pack, readable by every tar. */
import type { AssetEntry, AssetPack } from '../../../contracts/assets.ts';
import { blockBytes, checksum } from './tar-header.ts';

const typeOf = { file: '0', symlink: '2', directory: '5' } as const;
const modeOf = { file: 0o644, symlink: 0o777, directory: 0o755 } as const;
const maxFieldBytes = 100;

/** @returns the archive in pieces; contents are views of the pack */
export function* writeTar({ entries, data }: AssetPack): Generator<Uint8Array, void, void> {
  for (const entry of entries) {
    const path = entry.type === 'directory' ? `${entry.path}/` : entry.path;
    const target = entry.target ?? '';
    const records = `${record('path', path)}${record('linkpath', target)}`;
    if (records !== '') {
      yield header('pax', 'x', Buffer.byteLength(records), 0o644, 0, '');
      yield* padded(Buffer.from(records));
    }
    yield header(path, typeOf[entry.type], entry.sizeBytes, modeOf[entry.type], entry.modifiedAtMs / 1_000, target);
    yield* padded(contentsOf(entry, data));
  }
  yield Buffer.alloc(2 * blockBytes);
}

function contentsOf({ offset, sizeBytes }: AssetEntry, data: Uint8Array): Uint8Array {
  return data.subarray(offset, offset + sizeBytes);
}

/** @returns a record of an extended header for what does not fit into the field of the plain one, in ASCII; else nothing */
function record(key: string, value: string): string {
  if (Buffer.byteLength(value) <= maxFieldBytes && /^[\x20-\x7e]*$/.test(value)) return '';
  // The length counts its own digits.
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  if (bytes + String(length).length > length) length++;
  return `${length}${rest}`;
}

function header(name: string, type: string, sizeBytes: number, mode: number, modifiedAtS: number, target: string): Buffer {
  const block = Buffer.alloc(blockBytes);
  const put = (text: string, at: number): void => void block.write(text, at, maxFieldBytes);
  put(name, 0);
  put(octal(mode, 7), 100);
  put(octal(0, 7), 108);
  put(octal(0, 7), 116);
  put(octal(sizeBytes, 11), 124);
  put(octal(modifiedAtS, 11), 136);
  put(type, 156);
  put(target, 157);
  put('ustar\x0000', 257);
  put(octal(checksum(block), 6), 148);
  block[155] = 0x20;
  return block;
}

/** Digits, and the NUL that is there already behind them. */
function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function* padded(contents: Uint8Array): Generator<Uint8Array, void, void> {
  yield contents;
  yield Buffer.alloc((blockBytes - (contents.length % blockBytes)) % blockBytes);
}
