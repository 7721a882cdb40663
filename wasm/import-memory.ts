/** Rewrites a core module so that it imports its memory instead of defining it: then the host can give it one that was used before and zeroed. */
import { type MemoryLimits, memoryImport } from './memory-import.ts';
import { readMemorySection } from './module.ts';
import { preambleBytes, readSections, sectionIds, sectionReader } from './sections.ts';

const memoryKind = 2;
const hasMaximum = 1;

/**
 * Indices stay what they are: imported memories come first, and this one is the only one. Nothing else of the module changes, nor does
 * what it computes: a memory begins with zeroes either way (core specification, "Allocation" of memories), and data segments follow.
 * @returns undefined for a module with imports of its own, without a memory, with several, or with one without a maximum
 */
export function importMemory(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly limits: MemoryLimits } | undefined {
  const sections = readSections(bytes);
  const reader = sectionReader(bytes, sections, sectionIds.memory);
  if (reader === undefined || sections.some(({ id }) => id === sectionIds.import)) return undefined;
  const [memory, ...others] = readMemorySection(reader);
  if (memory === undefined || others.length > 0 || memory.limits.shared || memory.limits.is64) return undefined;
  const { minimum, maximum, start, end } = memory.limits;
  if (maximum === undefined || bytes[start] !== hasMaximum) return undefined;
  const body = [1, ...name(memoryImport.module), ...name(memoryImport.name), memoryKind, ...bytes.subarray(start, end)];
  const imported = Uint8Array.from([sectionIds.import, body.length, ...body]);
  const place = sections.findIndex(({ id }) => id !== sectionIds.custom && id !== sectionIds.type);
  const all = sections.filter(({ id }) => id !== sectionIds.memory).map((section) => bytes.subarray(section.start, section.end));
  return {
    // The section at `place` is the memory section or one before it, so what comes before `place` is all there.
    bytes: Buffer.concat([bytes.subarray(0, preambleBytes), ...all.slice(0, place), imported, ...all.slice(place)]),
    limits: { initialPages: minimum, maximumPages: maximum },
  };
}

function name(text: string): number[] {
  return [text.length, ...Buffer.from(text, 'latin1')];
}
