/** Archives of assets, read as a publish reads them. */
import { Readable } from 'node:stream';
import { decodeAssets } from '../../contracts/assets.ts';
import { type AssetLimits, readAssets } from '../../gateway/publish/assets/read.ts';
import type { PublishedAssets } from '../../registry/port.ts';

/** Limits that no archive of a test comes near by accident. */
export const roomy: AssetLimits = { maxBytes: 1_000_000, maxEntries: 1_000 };

/** @param chunkBytes the pieces it arrives in: by default small and odd, so that nothing lies in one piece by luck */
export function readArchive(archive: Uint8Array, limits = roomy, chunkBytes = 97): Promise<PublishedAssets> {
  const chunks = function* chunks(): Generator<Buffer> {
    for (let at = 0; at < archive.length; at += chunkBytes) yield Buffer.from(archive.subarray(at, at + chunkBytes));
  };
  return readAssets(Readable.from(chunks()), limits);
}

/** @returns in the order of the pack `path: contents`, `path/` for a folder, `path -> target` for a link */
export async function listArchive(archive: Uint8Array): Promise<string[]> {
  const { entries, data } = decodeAssets((await readArchive(archive)).pack);
  return entries.map(({ path, type, target, offset, sizeBytes }) => {
    if (type === 'directory') return `${path}/`;
    if (type === 'symlink') return `${path} -> ${target}`;
    return `${path}: ${Buffer.from(data.subarray(offset, offset + sizeBytes)).toString()}`;
  });
}
