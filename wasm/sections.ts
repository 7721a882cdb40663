/** Splits a core module into its sections (core specification, "Modules" of the binary format); does not look into them. */
import { ByteReader } from './reader.ts';

export const sectionIds = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

/** The order that non-custom sections must have; each may be there once. */
const order: readonly number[] = [
  sectionIds.type,
  sectionIds.import,
  sectionIds.function,
  sectionIds.table,
  sectionIds.memory,
  sectionIds.tag,
  sectionIds.global,
  sectionIds.export,
  sectionIds.start,
  sectionIds.element,
  sectionIds.dataCount,
  sectionIds.code,
  sectionIds.data,
];

export interface Section {
  readonly id: number;
  /** The whole section `[start, end)`, its id byte included. */
  readonly start: number;
  /** The contents `[bodyStart, end)`. */
  readonly bodyStart: number;
  readonly end: number;
}

/** Magic number and version. */
export const preambleBytes = 8;

/**
 * @param bytes a core module: `identify` said so
 * @throws WasmFormatError for a section that is unknown, out of order, there twice, or longer than the file
 */
export function readSections(bytes: Uint8Array): Section[] {
  const reader = new ByteReader(bytes);
  reader.skip(preambleBytes);
  const sections: Section[] = [];
  let last = -1;
  while (reader.remaining > 0) {
    const start = reader.offset;
    const id = reader.byte();
    if (id !== sectionIds.custom) {
      const place = order.indexOf(id);
      if (place < 0) throw reader.fault(`an unknown section ${id}`, start);
      if (place <= last) throw reader.fault(`section ${id} out of order`, start);
      last = place;
    }
    const size = reader.u32();
    const bodyStart = reader.offset;
    reader.skip(size);
    sections.push({ id, start, bodyStart, end: reader.offset });
  }
  return sections;
}

/** @returns a reader of the contents of the section with this id; undefined when there is none */
export function sectionReader(bytes: Uint8Array, sections: readonly Section[], id: number): ByteReader | undefined {
  const section = sections.find((candidate) => candidate.id === id);
  return section && new ByteReader(bytes, section.bodyStart, section.end);
}
