/** Derived modules as files: with a checksum of their own, for nothing else tells whether a file is still what was written. Pure. */
import { createHash } from 'node:crypto';
import type { MemoryLimits } from '../../wasm/memory-import.ts';
import { artifactVersion, type DerivedModule } from './derive.ts';

const checksumBytes = 32;
const headAt = checksumBytes + 4;

/** @returns the name of the file of a module (digest, lower-case hex) with this cap; another version of this code has another */
export function sealedName(digest: string, memoryPages: number, version: number = artifactVersion): string {
  return `${digest}-${memoryPages}-v${version}.artifact`;
}

/** Layout: sha256 of what follows, u32 little-endian length of a JSON head, the head, the module. */
export function seal({ bytes, ...rest }: DerivedModule): Uint8Array {
  const head = Buffer.from(JSON.stringify(rest));
  const file = Buffer.allocUnsafe(headAt + head.length + bytes.length);
  file.writeUInt32LE(head.length, checksumBytes);
  file.set(head, headAt);
  file.set(bytes, headAt + head.length);
  file.set(checksum(file), 0);
  return file;
}

/** The inverse of `seal`; the module is a view. @returns undefined for a file that is damaged */
export function unseal(file: Buffer): DerivedModule | undefined {
  if (file.length < headAt || !checksum(file).equals(file.subarray(0, checksumBytes))) return undefined;
  const moduleAt = headAt + file.readUInt32LE(checksumBytes);
  const { memory, resets } = JSON.parse(file.toString('utf8', headAt, moduleAt)) as { memory?: MemoryLimits; resets: boolean };
  return { bytes: file.subarray(moduleAt), memory, resets };
}

function checksum(file: Buffer): Buffer {
  return createHash('sha256').update(file.subarray(checksumBytes)).digest();
}
