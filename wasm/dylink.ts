/** Reads what a position-independent module asks of its loader: the section `dylink.0` (tool conventions, DynamicLinking.md). */
import type { CoreModule } from './module.ts';
import { ByteReader, WasmFormatError } from './reader.ts';
import { sectionIds } from './sections.ts';

/** Room that the loader sets aside; sizes in bytes and in table elements. */
export interface DylinkInfo {
  readonly memoryBytes: number;
  /** A power of two. */
  readonly memoryAlignment: number;
  readonly tableElements: number;
  /** A power of two. */
  readonly tableAlignment: number;
}

const memoryInfo = 1;
const maxAlignmentLog2 = 31;

/**
 * @returns undefined for a module without the section; all zero (alignments 1) when the section says nothing of sizes
 * @throws WasmFormatError for a malformed section: without it such a module cannot be placed
 */
export function readDylink(module: CoreModule): DylinkInfo | undefined {
  const at = module.customSections.indexOf('dylink.0');
  const section = module.sections.filter(({ id }) => id === sectionIds.custom)[at];
  if (at < 0 || !section) return undefined;
  const reader = new ByteReader(module.bytes, section.bodyStart, section.end);
  reader.name();
  while (reader.remaining > 0) {
    const id = reader.byte();
    const size = reader.u32();
    const start = reader.offset;
    reader.skip(size);
    if (id === memoryInfo) return readMemoryInfo(new ByteReader(module.bytes, start, start + size));
  }
  return { memoryBytes: 0, memoryAlignment: 1, tableElements: 0, tableAlignment: 1 };
}

function readMemoryInfo(reader: ByteReader): DylinkInfo {
  const memoryBytes = reader.u32();
  const memoryAlignment = readAlignment(reader);
  const tableElements = reader.u32();
  return { memoryBytes, memoryAlignment, tableElements, tableAlignment: readAlignment(reader) };
}

function readAlignment(reader: ByteReader): number {
  const start = reader.offset;
  const log2 = reader.u32();
  if (log2 > maxAlignmentLog2) throw new WasmFormatError('an alignment beyond 32 bits', start);
  return 2 ** log2;
}
