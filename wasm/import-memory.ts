/** Rewrites a core module so that it imports its memory instead of defining it: then the host can give it one that was used before and zeroed. */
import { readImportSection } from './imports.ts';
import { leb } from './leb.ts';
import { type MemoryLimits, memoryImport } from './memory-import.ts';
import { readMemorySection } from './module.ts';
import { ByteReader } from './reader.ts';
import { readSections, type Section, sectionIds, sectionReader } from './sections.ts';

const memoryKind = 2;
const hasMaximum = 1;

/**
 * Indices stay what they are: this memory is the only one, and other imports count in the index spaces of their own kinds. Nothing else of
 * the module changes, nor does what it computes: a memory begins with zeroes either way (core specification, "Allocation" of memories),
 * and data segments follow.
 * @returns undefined for a module without a memory of its own, with several, with an imported one, or with one without a maximum
 */
export function importMemory(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly limits: MemoryLimits } | undefined {
  const sections = readSections(bytes);
  const reader = sectionReader(bytes, sections, sectionIds.memory);
  if (reader === undefined) return undefined;
  const [memory, ...others] = readMemorySection(reader);
  if (memory === undefined || others.length > 0 || memory.limits.shared || memory.limits.is64) return undefined;
  const { minimum, maximum, start, end } = memory.limits;
  if (maximum === undefined || bytes[start] !== hasMaximum) return undefined;
  const entry = [...name(memoryImport.module), ...name(memoryImport.name), memoryKind, ...bytes.subarray(start, end)];
  const imports = importSection(bytes, sections, entry);
  if (imports === undefined) return undefined;
  // The memory section is there, so there is such a place, and nothing that goes is before it.
  const place = sections.findIndex(({ id }) => id !== sectionIds.custom && id !== sectionIds.type);
  const rest = sections.slice(place).filter(({ id }) => id !== sectionIds.import && id !== sectionIds.memory);
  return {
    bytes: Buffer.concat([
      bytes.subarray(0, sections[place]?.start),
      ...imports,
      ...rest.map((section) => bytes.subarray(section.start, section.end)),
    ]),
    limits: { initialPages: minimum, maximumPages: maximum },
  };
}

/** @returns the import section with one entry more, in front, in pieces; undefined when the module imports a memory already */
function importSection(bytes: Uint8Array, sections: readonly Section[], entry: readonly number[]): Uint8Array[] | undefined {
  const section = sections.find(({ id }) => id === sectionIds.import);
  const there = section === undefined ? Uint8Array.of(0) : bytes.subarray(section.bodyStart, section.end);
  if (readImportSection(new ByteReader(there)).some(({ type }) => type.kind === 'memory')) return undefined;
  const reader = new ByteReader(there);
  const start = [...leb(reader.u32() + 1), ...entry];
  const entries = there.subarray(reader.offset);
  return [Uint8Array.from([sectionIds.import, ...leb(start.length + entries.length), ...start]), entries];
}

function name(text: string): number[] {
  return [text.length, ...Buffer.from(text, 'latin1')];
}
