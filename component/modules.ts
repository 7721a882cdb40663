/** Finds the core modules in a component without evaluating it. */
import { asComponentErrors, ComponentError } from './error.ts';
import { readComponentSections, sectionIds } from './sections.ts';

/** Deeper than any tool nests components. */
export const maxDepth = 100;

/** What validators of components allow. */
const maxModules = 1_000;

/** A core module `[start, end)` in the file. */
export interface ModuleRange {
  readonly start: number;
  readonly end: number;
}

/**
 * @param bytes a component: `identify` said so
 * @returns where the core modules are, those of nested components included, in the order of the file
 * @throws ComponentError for sections that cannot be told apart, or too many modules. Work is bounded by the size of the file.
 */
export function coreModuleRanges(bytes: Uint8Array): ModuleRange[] {
  const ranges = asComponentErrors(() =>
    modulesIn(bytes, 0, bytes.length, 0)
      .take(maxModules + 1)
      .toArray(),
  );
  if (ranges.length > maxModules) throw new ComponentError('excess', `more than ${maxModules} core modules`);
  return ranges;
}

function* modulesIn(bytes: Uint8Array, start: number, end: number, depth: number): Generator<ModuleRange> {
  if (depth > maxDepth) throw new ComponentError('excess', `more than ${maxDepth} levels of components`, start);
  for (const section of readComponentSections(bytes, start, end)) {
    if (section.id === sectionIds.coreModule) yield { start: section.bodyStart, end: section.end };
    if (section.id === sectionIds.component) yield* modulesIn(bytes, section.bodyStart, section.end, depth + 1);
  }
}
