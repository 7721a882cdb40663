/**
 * Reads a tar archive entry by entry while it streams. Work is linear in the size of the archive, whatever is in it: extended headers are
 * bounded and none is merged into another.
 */
import { blockBytes, decodeHeader, decodePax, type TarHeader } from './tar-header.ts';
import { decodeName } from './paths.ts';
import { invalidAssets, invalidEntry, tooMany } from './problem.ts';

export interface TarEntry {
  /** As in the archive. */
  readonly name: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink';
  /** Of links, as in the archive. */
  readonly target: string;
  /** Epoch seconds, from 0. */
  readonly modifiedAtS: number;
  /** Of files. */
  readonly contents: Buffer;
}

const types: ReadonlyMap<string, TarEntry['type']> = new Map([
  ['\0', 'file'],
  ['0', 'file'],
  ['7', 'file'],
  ['1', 'hardlink'],
  ['2', 'symlink'],
  ['5', 'directory'],
]);
const refused: ReadonlyMap<string, string> = new Map([
  ['3', 'a character device'],
  ['4', 'a block device'],
  ['6', 'a fifo'],
  ['S', 'a sparse file (pack without --sparse)'],
]);
/** File attributes of some systems are kept in them. */
const maxExtendedHeaderBytes = 1_048_576;
/** What the field of a header can hold: the year 2242. */
const maxSeconds = 0o77777777777;

/**
 * What follows the end mark is read and left alone.
 * @param maxContentBytes bound of all contents together
 * @throws BantamError ASSETS_INVALID, ASSETS_TOO_LARGE; what `source` throws
 */
export async function* readTar(source: AsyncIterable<Buffer>, maxContentBytes: number): AsyncGenerator<TarEntry, void, void> {
  const blocks = new Blocks(source);
  try {
    yield* readEntries(blocks, maxContentBytes);
    await blocks.drain();
  } finally {
    await blocks.close();
  }
}

async function* readEntries(blocks: Blocks, maxContentBytes: number): AsyncGenerator<TarEntry, void, void> {
  const extended = new Map<string, Buffer>();
  let total = 0;
  for (;;) {
    const header = decodeHeader(await blocks.take(blockBytes));
    if (header === undefined) return;
    const extension = await readExtension(header, blocks);
    if (extension !== undefined) {
      for (const [key, value] of extension) extended.set(key, value);
      continue;
    }
    const entry = describe(header, extended);
    extended.clear();
    total += entry.type === 'file' ? entry.sizeBytes : 0;
    if (total > maxContentBytes) throw tooMany('the files have', maxContentBytes, 'bytes together (BANTAM_MAX_ASSET_BYTES)');
    yield { ...entry, contents: entry.type === 'file' ? await blocks.padded(entry.sizeBytes) : nothing };
  }
}

const nothing = Buffer.alloc(0);

/** What extended headers say of the entry that follows them, by the names of pax. */
type Extended = ReadonlyMap<string, Buffer>;

/** @returns undefined when the header is no extended one */
async function readExtension({ type, sizeBytes }: TarHeader, blocks: Blocks): Promise<Extended | undefined> {
  if (!['x', 'X', 'g', 'L', 'K'].includes(type)) return undefined;
  if (!(sizeBytes >= 0 && sizeBytes <= maxExtendedHeaderBytes)) {
    throw invalidAssets(`the archive has an extended header of more than ${maxExtendedHeaderBytes} bytes`);
  }
  const bytes = await blocks.padded(sizeBytes);
  // GNU: the whole name, with a NUL behind it.
  if (type === 'L') return new Map([['path', beforeNul(bytes)]]);
  if (type === 'K') return new Map([['linkpath', beforeNul(bytes)]]);
  const records = decodePax(bytes);
  if ([...records.keys()].some((key) => key.startsWith('GNU.sparse.'))) {
    throw invalidAssets('the archive has sparse files: pack it without --sparse');
  }
  if (type !== 'g') return records;
  // A comment, mostly (git archive). One name or size for all entries would make no sense.
  if (['path', 'linkpath', 'size'].some((key) => records.has(key))) throw invalidAssets('the archive has one name or size for all entries');
  return new Map();
}

function beforeNul(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

function describe(header: TarHeader, extended: Extended): Omit<TarEntry, 'contents'> & { readonly sizeBytes: number } {
  const name = decodeName(extended.get('path') ?? header.name);
  const type = types.get(header.type);
  if (type === undefined) {
    throw invalidEntry(
      name,
      `is ${refused.get(header.type) ?? `of an unknown type ${JSON.stringify(header.type)}`}; assets are files, folders and links`,
    );
  }
  const sizeBytes = parseNumber(extended.get('size')) ?? header.sizeBytes;
  const seconds = parseNumber(extended.get('mtime')) ?? header.modifiedAtS;
  if (!(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0)) throw invalidEntry(name, 'has no valid size');
  if (Number.isNaN(seconds)) throw invalidEntry(name, 'has no valid time');
  return {
    name,
    // Old archives mark folders by their name alone.
    type: type === 'file' && name.endsWith('/') ? 'directory' : type,
    target: type === 'file' || type === 'directory' ? '' : decodeName(extended.get('linkpath') ?? header.linkName),
    modifiedAtS: Math.min(Math.max(0, Math.floor(seconds)), maxSeconds),
    sizeBytes,
  };
}

/** @returns NaN for what is no decimal number; undefined when there is nothing */
function parseNumber(bytes: Buffer | undefined): number | undefined {
  if (bytes === undefined) return undefined;
  const text = bytes.toString('latin1');
  return /^-?\d{1,15}(\.\d*)?$/.test(text) ? Number(text) : Number.NaN;
}

/** Takes a byte stream apart into pieces of given sizes. */
class Blocks {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = nothing;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** @throws BantamError ASSETS_INVALID when the stream ends before */
  async take(size: number): Promise<Buffer> {
    if (this.#rest.length < size) {
      const chunks = [this.#rest];
      for (let length = this.#rest.length; length < size;) {
        const next = await this.#source.next();
        if (next.done === true) throw invalidAssets('the archive is cut short: it ends before its end mark');
        chunks.push(next.value);
        length += next.value.length;
      }
      this.#rest = Buffer.concat(chunks);
    }
    const taken = this.#rest.subarray(0, size);
    this.#rest = this.#rest.subarray(size);
    return taken;
  }

  /** As `take`, and skips what fills the last block. */
  async padded(size: number): Promise<Buffer> {
    const taken = await this.take(size + ((blockBytes - (size % blockBytes)) % blockBytes));
    return taken.subarray(0, size);
  }

  async drain(): Promise<void> {
    while ((await this.#source.next()).done !== true);
  }

  /** Tells the source that no more will be taken. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }
}
