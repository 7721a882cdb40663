/** From the part `assets` of an upload, a .tar or .tar.gz, to the pack that is published. Bounded while it streams. */
import { createHash } from 'node:crypto';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { encodeAssets } from '../../../contracts/assets.ts';
import { BantamError } from '../../../contracts/errors.ts';
import type { PublishedAssets } from '../../../registry/port.ts';
import { invalidAssets, tooMany } from './problem.ts';
import { readTar } from './tar-reader.ts';
import { AssetTree } from './tree.ts';

export interface AssetLimits {
  /** Of all contents together. */
  readonly maxBytes: number;
  readonly maxEntries: number;
}

/** Room for the headers of an entry in the archive, names and the filling of blocks included. */
const headerBytes = 4_096;
const inflatedChunkBytes = 65_536;

/** @returns the largest archive that is read, packed or unpacked */
export function maxArchiveBytes({ maxBytes, maxEntries }: AssetLimits): number {
  return maxBytes + headerBytes * (maxEntries + 1);
}

/**
 * @param stream is read to its end, and not destroyed: it is the connection
 * @throws BantamError ASSETS_INVALID (422) naming the entry, ASSETS_TOO_LARGE (413) naming the limit; what the stream throws
 */
export async function readAssets(stream: Readable, limits: AssetLimits): Promise<PublishedAssets> {
  const most = maxArchiveBytes(limits);
  const raw = bounded(stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>, most, 'the archive has');
  const tree = new AssetTree(limits.maxEntries);
  for await (const entry of readTar(unpacked(raw, most), limits.maxBytes)) tree.add(entry);
  const { entries, data } = tree.pack();
  const pack = encodeAssets({ entries, data });
  return { digest: createHash('sha256').update(pack).digest('hex'), entries: entries.length, sizeBytes: data.length, pack };
}

async function* unpacked(raw: AsyncGenerator<Buffer, void, void>, maxBytes: number): AsyncGenerator<Buffer, void, void> {
  try {
    const head = await readHead(raw);
    const whole = join([head], raw);
    if (isGzip(head)) yield* inflated(whole, maxBytes);
    else {
      refuseOthers(head);
      yield* whole;
    }
  } finally {
    // Not waited for: while it still reads, that would be until more arrives.
    void raw.return().catch(() => {});
  }
}

async function* inflated(gzipped: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer, void, void> {
  const gunzip = createGunzip({ chunkSize: inflatedChunkBytes });
  // Errors come out of the stream that is read.
  pipeline(gzipped, gunzip, () => {});
  try {
    yield* bounded(gunzip as AsyncIterable<Buffer>, maxBytes, 'the archive has, unpacked,');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))) throw error;
    throw new BantamError('ASSETS_INVALID', `the archive is damaged or cut short: ${error.message}`, undefined, { cause: error });
  }
}

async function* join(head: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  yield* head;
  yield* rest;
}

async function* bounded(chunks: AsyncIterable<Buffer>, maxBytes: number, what: string): AsyncGenerator<Buffer, void, void> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > maxBytes) throw tooMany(what, maxBytes, 'bytes (BANTAM_MAX_ASSET_BYTES and room for headers)');
    yield chunk;
  }
}

/** Enough to tell what the file is. */
const magicBytes = 6;

async function readHead(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < magicBytes) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** What else people pack files into, by how it begins. */
const others: readonly (readonly [magic: string, name: string])[] = [
  ['504b0304', 'a zip archive'],
  ['fd377a585a00', 'compressed with xz'],
  ['425a68', 'compressed with bzip2'],
  ['28b52ffd', 'compressed with zstd'],
];

function refuseOthers(head: Buffer): void {
  const other = others.find(([magic]) => head.toString('hex').startsWith(magic));
  if (other !== undefined) throw invalidAssets(`the part "assets" is ${other[1]}; it takes a .tar or .tar.gz`);
}
