/** Makes tar archives for tests, byte by byte, the malformed ones too. */

export interface TarPart {
  readonly name: string | Uint8Array;
  /** Letter of the type; default `0`, a file. */
  readonly type?: string;
  readonly contents?: string | Uint8Array;
  readonly target?: string;
  readonly modifiedAtS?: number;
  /** What the header says instead of the length of the contents. */
  readonly size?: number;
}

const blockBytes = 512;

/** @returns the archive with its end mark */
export function tarOf(...parts: readonly TarPart[]): Buffer {
  return Buffer.concat([...parts.flatMap(entryOf), Buffer.alloc(2 * blockBytes)]);
}

/** A header with its contents and what fills their last block. */
export function entryOf({ name, type = '0', contents = '', target = '', modifiedAtS = 0, size }: TarPart): Buffer[] {
  const bytes = Buffer.from(contents as string);
  const block = Buffer.alloc(blockBytes);
  block.set(Buffer.from(name as string).subarray(0, 100), 0);
  block.write('0000644\0'.repeat(3), 100);
  block.write(`${(size ?? bytes.length).toString(8).padStart(11, '0')} `, 124);
  block.write(`${modifiedAtS.toString(8).padStart(11, '0')} `, 136);
  block.write(type, 156);
  block.write(target, 157, 100);
  block.write('ustar\x0000', 257);
  return [seal(block), bytes, Buffer.alloc((blockBytes - (bytes.length % blockBytes)) % blockBytes)];
}

/** Writes the checksum of a header. */
export function seal(block: Buffer): Buffer {
  block.write(' '.repeat(8), 148);
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return block;
}

/** An extended header of pax with these records. */
export function paxOf(records: Readonly<Record<string, string>>, type = 'x'): TarPart {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    let length = rest + 1;
    while (length !== rest + String(length).length) length++;
    return `${length} ${key}=${value}\n`;
  });
  return { name: 'pax', type, contents: lines.join('') };
}
