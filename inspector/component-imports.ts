/** Compares what a component imports with what is given: exactly these interfaces, names and types of WASI 0.2. */
import { BantamError } from '../contracts/errors.ts';
import { wasiInterfaces } from '../wasi/interfaces.ts';

/** How many missing imports an error lists; it says how many more there are. */
const listed = 20;

/** Releases of WASI 0.2; drafts before it had other types. */
export const wasiVersion = /^0\.2\.\d+$/;

interface ImportedFunction {
  /** Without version; empty for a function imported by itself. */
  readonly iface: string;
  readonly version: string;
  readonly name: string;
  readonly text: string;
}

/** The first that fits the name of an interface, with version, is told. */
const advice: readonly (readonly [RegExp, string])[] = [
  [/^wasi:.*@0\.3\./, 'it is built for WASI 0.3; build it for WASI 0.2'],
  [/^wasi:.*@0\.2\.0-|^wasi:.*@20/, 'it is built for a draft of WASI; build it for WASI 0.2.0 or newer'],
  [/^(fermyon|spin):/, 'it uses interfaces of Spin; of these only WASI is given'],
  [/^(wasmcloud|wrpc):/, 'it uses interfaces of wasmCloud; of these only WASI is given'],
  [/^wasi:/, 'of WASI 0.2, the packages cli, clocks, filesystem, http, io, random and sockets are given'],
  [/^[^:]+:/, 'compose it with a component that exports this (wac plug)'],
];

/**
 * @throws BantamError IMPORT_NOT_PROVIDED; `extra.imports` has the first 20: module (the interface), name, kind, type, and the type given
 *         where it is another
 */
export function refuseMissingFunctions(imports: readonly ImportedFunction[]): void {
  const missing = imports.filter((wanted) => given(wanted) !== wanted.text);
  const [first] = missing;
  if (!first) return;
  const has = given(first);
  const mismatch = has === undefined ? '' : ` of type ${first.text}; it is given with ${has}`;
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  const hint = has === undefined ? advice.find(([pattern]) => pattern.test(versioned(first)))?.[1] : undefined;
  throw new BantamError(
    'IMPORT_NOT_PROVIDED',
    `component imports ${JSON.stringify(versioned(first))}.${JSON.stringify(first.name)} (func)${mismatch}${more}${hint === undefined ? '' : `: ${hint}`}`,
    { imports: missing.slice(0, listed).map(describe), importCount: missing.length },
  );
}

function given({ iface, version, name }: ImportedFunction): string | undefined {
  return wasiVersion.test(version) ? wasiInterfaces.get(iface)?.get(name) : undefined;
}

function describe(wanted: ImportedFunction): Record<string, string> {
  const has = given(wanted);
  return { module: versioned(wanted), name: wanted.name, kind: 'function', type: wanted.text, ...(has !== undefined && { given: has }) };
}

function versioned({ iface, version }: ImportedFunction): string {
  return version === '' ? iface : `${iface}@${version}`;
}
