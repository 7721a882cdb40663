/** The blocks of a tar archive: headers and extended headers (POSIX.1-2024 "pax Interchange Format"; GNU tar manual, "Basic Tar Format"). Pure. */
import { invalidAssets } from './problem.ts';

export const blockBytes = 512;

/** Fields by offset and length. */
const fields = { name: [0, 100], size: [124, 12], mtime: [136, 12], checksum: [148, 8], linkName: [157, 100], prefix: [345, 155] } as const;
const typeAt = 156;
const magicAt = 257;

export interface TarHeader {
  readonly name: Uint8Array;
  readonly linkName: Uint8Array;
  /** The letter of the type; of old archives NUL for a file. */
  readonly type: string;
  readonly sizeBytes: number;
  /** Epoch seconds. */
  readonly modifiedAtS: number;
}

/** @returns undefined for a block of zeroes: the end of the archive. @throws BantamError ASSETS_INVALID */
export function decodeHeader(block: Buffer): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  if (readNumber(block, 'checksum') !== checksum(block)) {
    throw invalidAssets('the archive is damaged, or is no tar archive: the checksum of a header is wrong');
  }
  const name = readText(block, 'name');
  // GNU archives ("ustar" and a space) have other things where the prefix is.
  const prefix = block.toString('latin1', magicAt, magicAt + 6) === 'ustar\0' ? readText(block, 'prefix') : Buffer.alloc(0);
  return {
    name: prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]),
    linkName: readText(block, 'linkName'),
    type: String.fromCharCode(block[typeAt] ?? 0),
    sizeBytes: readNumber(block, 'size'),
    modifiedAtS: readNumber(block, 'mtime'),
  };
}

/**
 * The records of an extended header that concern us; a later one replaces an earlier one.
 * @throws BantamError ASSETS_INVALID when they are malformed
 */
export function decodePax(bytes: Buffer): ReadonlyMap<string, Buffer> {
  const records = new Map<string, Buffer>();
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = space > at && space - at < 10 ? Number(bytes.toString('latin1', at, space)) : Number.NaN;
    const end = at + length;
    const equals = bytes.indexOf(0x3d, space);
    if (!(Number.isInteger(length) && equals > space && equals < end && bytes[end - 1] === 0x0a)) {
      throw invalidAssets('the archive has a malformed pax header');
    }
    const key = bytes.toString('latin1', space + 1, equals);
    if (wanted.has(key) || key.startsWith('GNU.sparse.')) records.set(key, bytes.subarray(equals + 1, end - 1));
    at = end;
  }
  return records;
}

const wanted = new Set(['path', 'linkpath', 'size', 'mtime']);

function readText(block: Buffer, field: 'name' | 'linkName' | 'prefix'): Buffer {
  const [offset, length] = fields[field];
  const text = block.subarray(offset, offset + length);
  const end = text.indexOf(0);
  return end < 0 ? text : text.subarray(0, end);
}

/** Octal digits, or base 256 when the first bit is set (GNU tar manual, "Extensions to the tar format"). */
function readNumber(block: Buffer, field: 'size' | 'mtime' | 'checksum'): number {
  const [offset, length] = fields[field];
  const bytes = block.subarray(offset, offset + length);
  if ((bytes[0] ?? 0) & 0x80) return Number(BigInt.asIntN(length * 8 - 1, BigInt(`0x${bytes.toString('hex')}`)));
  const digits = bytes
    .toString('latin1')
    .replace(/^ +/, '')
    .replace(/[ \0].*$/s, '');
  return /^[0-7]*$/.test(digits) ? Number.parseInt(`0${digits}`, 8) : Number.NaN;
}

/** The sum of all bytes, those of the checksum itself read as spaces. */
export function checksum(block: Buffer): number {
  const [start, length] = fields.checksum;
  let sum = length * 0x20;
  for (let at = 0; at < blockBytes; at++) if (at < start || at >= start + length) sum += block[at] ?? 0;
  return sum;
}
