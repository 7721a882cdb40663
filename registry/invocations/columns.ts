/** What the statements of this folder have in common: values that Postgres takes whatever they hold, and sizes. Pure. */

/** Of payloads or results in one statement: what a caller has in flight stays within bounds, however large its items. */
const maxStatementBytes = 16_777_216;

/** What a row takes in the table and its indexes beside payload and result, roughly. Written into statements. */
export const rowBytes = 1_024;

/** @returns the text as far as Postgres can hold it: neither U+0000 nor half a surrogate pair */
export function storable(text: string): string {
  return text.replaceAll('\0', '\u{fffd}').toWellFormed();
}

/** Byte strings as one parameter, which travels as it is; in an array each would be written in hexadecimal. */
export interface PackedBytes {
  readonly bytes: Uint8Array;
  /** For `substring(bytes from start for length)`; length null: there is none. */
  readonly starts: readonly number[];
  readonly lengths: readonly (number | null)[];
}

export function packBytes(parts: readonly (Uint8Array | undefined)[]): PackedBytes {
  let end = 1;
  const starts = parts.map((part) => {
    const start = end;
    end += part?.byteLength ?? 0;
    return start;
  });
  return {
    bytes: Buffer.concat(parts.filter((part) => part !== undefined)),
    starts,
    lengths: parts.map((part) => part?.byteLength ?? null),
  };
}

/** @returns the items in order, so many together as one statement takes; at least one */
export function splitByBytes<T>(items: readonly T[], bytesOf: (item: T) => number): readonly (readonly T[])[] {
  const groups: T[][] = [];
  let group: T[] = [];
  let sizeBytes = 0;
  for (const item of items) {
    const itemBytes = bytesOf(item);
    if (group.length === 0 || sizeBytes + itemBytes > maxStatementBytes) {
      group = [];
      groups.push(group);
      sizeBytes = 0;
    }
    group.push(item);
    sizeBytes += itemBytes;
  }
  return groups;
}
