/** Rewrites a core module so that its memories and tables cannot grow past a cap: growth then fails inside the guest. */
import { leb } from './leb.ts';
import { readMemorySection, readTableSection } from './module.ts';
import { WasmFormatError } from './reader.ts';
import { type Section, preambleBytes, readSections, sectionIds, sectionReader } from './sections.ts';
import type { Limits } from './types.ts';

export interface MemoryCaps {
  /** Most pages of 64 KiB, all memories together. */
  readonly maxPages: number;
  /** Most elements per table. */
  readonly maxTableElements: number;
}

/**
 * Lowers the maximum of every defined memory and table to its cap, and gives one to those without. Every other byte stays.
 * @returns the same array when nothing is above its cap
 * @throws WasmFormatError when a minimum is above its cap: publishing refuses such a module
 */
export function capMemories(bytes: Uint8Array, caps: MemoryCaps): Uint8Array {
  const sections = readSections(bytes);
  const tables = sectionReader(bytes, sections, sectionIds.table);
  const memories = sectionReader(bytes, sections, sectionIds.memory);
  const patches = new Map<number, Patch[]>([
    [
      sectionIds.table,
      (tables ? readTableSection(tables) : []).flatMap(({ limits }) => clamp(bytes, limits, caps.maxTableElements, 'table')),
    ],
    [sectionIds.memory, clampMemories(bytes, memories ? readMemorySection(memories).map(({ limits }) => limits) : [], caps.maxPages)],
  ]);
  if (patches.values().every((list) => list.length === 0)) return bytes;
  const parts = sections.flatMap((section) => rewrite(bytes, section, patches.get(section.id) ?? []));
  return concat([bytes.subarray(0, preambleBytes), ...parts]);
}

const hasMaximum = 1;

/** Bytes `[start, end)` of the file and what stands there instead. */
interface Patch {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

/** What the minimums leave of the cap is shared out evenly, so that no choice of growth exceeds it. */
function clampMemories(bytes: Uint8Array, memories: readonly Limits[], maxPages: number): Patch[] {
  const free = maxPages - memories.reduce((sum, { minimum }) => sum + minimum, 0);
  const share = Math.max(0, Math.floor(free / memories.length));
  return memories.flatMap((limits) => clamp(bytes, limits, memories.length === 1 ? maxPages : limits.minimum + share, 'memory'));
}

function clamp(bytes: Uint8Array, limits: Limits, cap: number, what: string): Patch[] {
  const { minimum, maximum, start, end } = limits;
  if (minimum > cap) throw new WasmFormatError(`a ${what} minimum of ${minimum} is above the cap of ${cap}`, start);
  if (maximum !== undefined && maximum <= cap) return [];
  const flags = (bytes[start] ?? 0) | hasMaximum;
  return [{ start, end, bytes: Uint8Array.from([flags, ...leb(minimum), ...leb(cap)]) }];
}

/** @returns the section with its patches, in pieces; its own size encoded anew */
function rewrite(bytes: Uint8Array, section: Section, patches: readonly Patch[]): Uint8Array[] {
  if (patches.length === 0) return [bytes.subarray(section.start, section.end)];
  const parts: Uint8Array[] = [];
  let at = section.bodyStart;
  for (const patch of patches) {
    parts.push(bytes.subarray(at, patch.start), patch.bytes);
    at = patch.end;
  }
  parts.push(bytes.subarray(at, section.end));
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return [Uint8Array.from([section.id, ...leb(size)]), ...parts];
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
