/** Puts other core modules in the place of those in a component: the same ones with capped memories, say. */
import { asComponentErrors, ComponentError } from './error.ts';
import { type ModuleRange, maxDepth } from './modules.ts';
import { type ComponentSection, readComponentSections, sectionIds } from './sections.ts';

/**
 * @param bytes   a component: `identify` said so
 * @param rewrite given each core module, those of nested components included; what it throws passes through
 * @returns the same array when `rewrite` returned every module as it was; every byte outside of modules and section sizes stays
 * @throws ComponentError for sections that cannot be told apart
 */
export function rewriteCoreModules(bytes: Uint8Array, rewrite: (module: Uint8Array) => Uint8Array): Uint8Array {
  return rewriteComponent(bytes, { start: 0, end: bytes.length }, rewrite, 0) ?? bytes;
}

/** @returns undefined when nothing changed */
function rewriteComponent(
  bytes: Uint8Array,
  { start, end }: ModuleRange,
  rewrite: (module: Uint8Array) => Uint8Array,
  depth: number,
): Uint8Array | undefined {
  if (depth > maxDepth) throw new ComponentError('excess', `more than ${maxDepth} levels of components`, start);
  const sections = asComponentErrors(() => readComponentSections(bytes, start, end).filter(holdsModules).toArray());
  const parts: Uint8Array[] = [];
  let copied = start;
  for (const section of sections) {
    const rewritten =
      section.id === sectionIds.coreModule
        ? rewriteModule(bytes.subarray(section.bodyStart, section.end), rewrite)
        : rewriteComponent(bytes, { start: section.bodyStart, end: section.end }, rewrite, depth + 1);
    if (rewritten === undefined) continue;
    parts.push(bytes.subarray(copied, section.start), Uint8Array.of(section.id, ...leb(rewritten.length)), rewritten);
    copied = section.end;
  }
  return parts.length === 0 ? undefined : Buffer.concat([...parts, bytes.subarray(copied, end)]);
}

function holdsModules({ id }: ComponentSection): boolean {
  return id === sectionIds.coreModule || id === sectionIds.component;
}

function rewriteModule(module: Uint8Array, rewrite: (module: Uint8Array) => Uint8Array): Uint8Array | undefined {
  const rewritten = rewrite(module);
  return rewritten === module ? undefined : rewritten;
}

/** Unsigned LEB128. */
function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}
