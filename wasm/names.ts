/** Reads function and parameter names from the name section (core specification, appendix "Custom Sections"). */
import type { CoreModule } from './module.ts';
import { ByteReader, WasmFormatError } from './reader.ts';
import { sectionIds } from './sections.ts';

/** What the name section says of one function; empty strings and missing names are not told apart. */
export interface FunctionNames {
  readonly name: string;
  /** One per parameter, in order. */
  readonly params: readonly string[];
}

const subsection = { functions: 1, locals: 2 } as const;

/**
 * @param wanted function index -> number of its parameters; other functions are passed over, so that memory stays bounded
 * @returns names of the wanted functions. A malformed name section says nothing: custom sections never make a module invalid.
 */
export function readNames(module: CoreModule, wanted: ReadonlyMap<number, number>): Map<number, FunctionNames> {
  const names = new Map<number, { name: string; params: string[] }>();
  for (const [index, count] of wanted) names.set(index, { name: '', params: Array.from({ length: count }, () => '') });
  try {
    readNameSection(module, names);
    return names;
  } catch (error) {
    if (error instanceof WasmFormatError) return new Map();
    throw error;
  }
}

function readNameSection(module: CoreModule, names: Map<number, { name: string; params: string[] }>): void {
  const reader = findNameSection(module);
  if (!reader) return;
  while (reader.remaining > 0) {
    const id = reader.byte();
    const size = reader.u32();
    const start = reader.offset;
    reader.skip(size);
    const body = new ByteReader(module.bytes, start, start + size);
    if (id === subsection.functions) {
      readNameMap(body, (index, name) => {
        const known = names.get(index);
        if (known) known.name = name;
      });
    } else if (id === subsection.locals) {
      for (let left = body.u32(); left > 0; left--) {
        const params = names.get(body.u32())?.params;
        readNameMap(body, (index, name) => {
          if (params && index < params.length) params[index] = name;
        });
      }
    }
  }
}

/** @returns a reader behind the section's own name */
function findNameSection(module: CoreModule): ByteReader | undefined {
  const at = module.customSections.indexOf('name');
  const section = module.sections.filter(({ id }) => id === sectionIds.custom)[at];
  if (!section) return undefined;
  const reader = new ByteReader(module.bytes, section.bodyStart, section.end);
  reader.name();
  return reader;
}

function readNameMap(reader: ByteReader, take: (index: number, name: string) => void): void {
  for (let left = reader.u32(); left > 0; left--) take(reader.u32(), reader.name());
}
