/** Splits a component into its sections (Binary.md, "Component Definitions"); does not look into them. */
import { ByteReader } from '../wasm/reader.ts';
import { ComponentError, invalid, unsupported } from './error.ts';

export const sectionIds = {
  custom: 0,
  coreModule: 1,
  coreInstance: 2,
  coreType: 3,
  component: 4,
  instance: 5,
  alias: 6,
  type: 7,
  canon: 8,
  start: 9,
  import: 10,
  export: 11,
  value: 12,
} as const;

export interface ComponentSection {
  readonly id: number;
  /** The whole section `[start, end)`, its id byte included. */
  readonly start: number;
  /** The contents `[bodyStart, end)`. */
  readonly bodyStart: number;
  readonly end: number;
}

const magic = [0x00, 0x61, 0x73, 0x6d];
/** The version before the standard's 1.0 that every tool writes, and layer 1: a component. */
const version = [0x0d, 0x00];
const layer = [0x01, 0x00];

/** Real components have some hundreds. */
const maxSections = 100_000;

/**
 * The sections of the component in `bytes[start, end)`, one after the other.
 * @throws WasmFormatError or ComponentError for another preamble, or a section longer than the component
 */
export function* readComponentSections(bytes: Uint8Array, start: number, end: number): Generator<ComponentSection> {
  const reader = new ByteReader(bytes, start, end);
  const expect = (wanted: readonly number[]): boolean => wanted.map(() => reader.byte()).every((byte, i) => byte === wanted[i]);
  if (!expect(magic)) throw invalid('no WebAssembly magic number', start);
  const known = expect(version);
  if (!expect(layer)) throw invalid('a core module, or another layer, where a component belongs', start);
  if (!known) throw unsupported('an unknown version of the component format', start + magic.length);
  for (let count = 0; reader.remaining > 0; count++) {
    if (count >= maxSections) throw new ComponentError('excess', `more than ${maxSections} sections`, reader.offset);
    const sectionStart = reader.offset;
    const id = reader.byte();
    const size = reader.u32();
    const bodyStart = reader.offset;
    reader.skip(size);
    yield { id, start: sectionStart, bodyStart, end: reader.offset };
  }
}
