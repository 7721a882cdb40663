/** Compares what a module imports with what its kind provides. */
import { BantamError } from '../contracts/errors.ts';
import type { ImportDescription } from '../wasm/imports.ts';
import { type CoreModule, funcTypeAt } from '../wasm/module.ts';
import { formatFuncType, formatImport } from '../wasm/text.ts';

/** How many missing imports an error lists; it says how many more there are. */
const listed = 20;

/**
 * @param provides whether the host gives this import
 * @throws BantamError IMPORT_NOT_PROVIDED; `extra.imports` has the first 20: module, name, kind, and of functions the type
 */
export function refuseMissingImports(module: CoreModule, provides: (wanted: ImportDescription) => boolean): void {
  const missing = module.imports.filter((wanted) => !provides(wanted));
  const [first] = missing;
  if (!first) return;
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  throw new BantamError('IMPORT_NOT_PROVIDED', `module imports ${formatImport(first)}${more}`, {
    imports: missing.slice(0, listed).map((wanted) => describe(module, wanted)),
    importCount: missing.length,
  });
}

function describe(module: CoreModule, { module: from, name, type }: ImportDescription): Record<string, string> {
  const funcType = type.kind === 'function' ? funcTypeAt(module, type.typeIndex) : undefined;
  return { module: from, name, kind: type.kind, ...(funcType && { type: formatFuncType(funcType) }) };
}
