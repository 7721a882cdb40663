/** Compares what a module imports with what its kind provides. */
import { BantamError } from '../contracts/errors.ts';
import type { ImportDescription } from '../wasm/imports.ts';
import { type CoreModule, funcTypeAt } from '../wasm/module.ts';
import { formatFuncType, formatImport } from '../wasm/text.ts';
import { adviceFor } from './advice.ts';

/** How many missing imports an error lists; it says how many more there are. */
const listed = 20;

/** What a host gives to a kind of module. */
export interface Provision {
  /** @returns the type that a function of this name has, in the format of `formatFuncType`; undefined when it is not given */
  functionType(module: string, name: string): string | undefined;
  /** @param wanted no function */
  gives(wanted: ImportDescription): boolean;
}

/**
 * Functions must have exactly the type that is given.
 * @throws BantamError IMPORT_NOT_PROVIDED, with what would run where the module is one of those that are known not to;
 *         `extra.imports` has the first 20: module, name, kind, and of functions the type, and the type given where it is another
 */
export function refuseMissingImports(module: CoreModule, host: Provision): void {
  const missing = module.imports.filter((wanted) => !isGiven(module, wanted, host));
  const [first] = missing;
  if (!first) return;
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  const { type, given } = describe(module, first, host);
  const mismatch = given === undefined ? '' : ` of type ${type}; it is given with ${given}`;
  const advice = adviceFor(missing, module);
  throw new BantamError(
    'IMPORT_NOT_PROVIDED',
    `module imports ${formatImport(first)}${mismatch}${more}${advice === undefined ? '' : `: ${advice}`}`,
    { imports: missing.slice(0, listed).map((wanted) => describe(module, wanted, host)), importCount: missing.length },
  );
}

interface MissingImport {
  readonly module: string;
  readonly name: string;
  readonly kind: string;
  readonly type?: string;
  readonly given?: string;
}

function isGiven(module: CoreModule, wanted: ImportDescription, host: Provision): boolean {
  if (wanted.type.kind !== 'function') return host.gives(wanted);
  const given = host.functionType(wanted.module, wanted.name);
  return given !== undefined && given === typeText(module, wanted);
}

function describe(module: CoreModule, wanted: ImportDescription, host: Provision): MissingImport {
  const { module: from, name, type: extern } = wanted;
  const type = typeText(module, wanted);
  const given = extern.kind === 'function' ? host.functionType(from, name) : undefined;
  return { module: from, name, kind: extern.kind, ...(type !== undefined && { type }), ...(given !== undefined && { given }) };
}

function typeText(module: CoreModule, { type }: ImportDescription): string | undefined {
  const funcType = type.kind === 'function' ? funcTypeAt(module, type.typeIndex) : undefined;
  return funcType && formatFuncType(funcType);
}
