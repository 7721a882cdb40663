/** What a call can name: the entry of a version, the names of parameters, signatures as text. Pure; used at publish and at PATCH. */
import { BantamError } from './errors.ts';
import { findExport } from './export-names.ts';
import type { ExportSignature, FunctionConfig, ModuleAnalysis } from './function.ts';
import { fixedEntryOf, scalarTypes } from './kinds.ts';

/** How many names an error message lists; it says how many more there are. */
const listed = 20;

/**
 * The export that a plain call runs: `entry` of the configuration, else the export named like the function, else the only callable one.
 * Exports of components are found by any name of `findExport`. Kinds that take whole requests have one fixed entry.
 * @param name the function's name
 * @returns the full name of the export
 * @throws BantamError ENTRY_NOT_FOUND; `extra.candidates` has the signatures of the callable exports, the first 20
 */
export function chooseEntry(name: string, config: FunctionConfig, analysis: ModuleAnalysis): string {
  const fixed = fixedEntryOf(analysis.kind);
  if (fixed !== undefined) {
    if (config.entry === undefined || config.entry === fixed) return fixed;
    throw new BantamError('ENTRY_NOT_FOUND', `the entry of a module of kind ${analysis.kind} is always ${fixed}: take "entry" out`, {
      candidates: [fixed],
    });
  }
  const callable = analysis.exports.filter((candidate) => candidate.callable);
  const fail = (reason: string): BantamError => {
    const candidates = callable.slice(0, listed).map(formatSignature);
    const more = callable.length > listed ? ` and ${callable.length - listed} more` : '';
    const choice = callable.length === 0 ? 'it exports no callable function' : `candidates are ${candidates.join(', ')}${more}`;
    return new BantamError('ENTRY_NOT_FOUND', `${reason}; ${choice}`, { candidates });
  };
  if (config.entry !== undefined) {
    const entry = findExport(analysis.exports, config.entry);
    if (entry === 'ambiguous') throw fail(`several exports can be meant by ${JSON.stringify(config.entry)}`);
    if (!entry) throw fail(`the module exports no function ${JSON.stringify(config.entry)}`);
    if (!entry.callable) throw fail(whyNotCallable(entry));
    return entry.name;
  }
  const named = findExport(callable, name);
  const entry = (named === 'ambiguous' ? undefined : named) ?? (callable.length === 1 ? callable[0] : undefined);
  if (!entry) throw fail(`the module has no export named ${JSON.stringify(name)} and not exactly one callable export`);
  return entry.name;
}

/**
 * The exports with the parameter names of the configuration in place of those of the module.
 * @param entry what `chooseEntry` chose: an array of names is for it
 * @throws BantamError INVALID_CONFIG when `params` does not fit the module
 */
export function applyParameterNames(analysis: ModuleAnalysis, config: FunctionConfig, entry: string): ExportSignature[] {
  const named = Array.isArray(config.params) ? [[entry, config.params] as const] : Object.entries(config.params ?? {});
  if (named.length > 0 && fixedEntryOf(analysis.kind) !== undefined) {
    throw new BantamError('INVALID_CONFIG', `params: a module of kind ${analysis.kind} takes the whole request and has no parameters`);
  }
  const given = new Map<string, readonly string[]>();
  for (const [name, names] of named) {
    const signature = findExport(analysis.exports, name);
    if (signature === 'ambiguous' || signature === undefined) {
      const why = signature === undefined ? 'the module exports no function' : 'several exports can be meant by';
      throw new BantamError('INVALID_CONFIG', `params: ${why} ${JSON.stringify(name)}`);
    }
    if (given.has(signature.name)) throw new BantamError('INVALID_CONFIG', `params: ${signature.name} is named twice`);
    given.set(signature.name, names);
  }
  return analysis.exports.map((signature) => {
    const names = given.get(signature.name);
    return names ? rename(signature, names) : signature;
  });
}

function rename(signature: ExportSignature, names: readonly string[]): ExportSignature {
  const { params } = signature;
  if (names.length !== params.length) {
    throw new BantamError(
      'INVALID_CONFIG',
      `params: ${formatSignature(signature)} has ${params.length} parameters, ${names.length} names are given`,
    );
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new BantamError('INVALID_CONFIG', `params: ${JSON.stringify(twice)} is given twice for ${formatSignature(signature)}`);
  }
  return { ...signature, params: params.map(({ type }, i) => ({ name: names[i] ?? '', type })) };
}

/** @returns like `fib(n: i32) -> i32`; several results in parentheses, none without arrow; names that are no plain words quoted */
export function formatSignature({ name, params, results }: ExportSignature): string {
  const left = `${word(name)}(${params.map((param) => `${word(param.name)}: ${param.type}`).join(', ')})`;
  if (results.length === 0) return left;
  return `${left} -> ${results.length === 1 ? results.join() : `(${results.join(', ')})`}`;
}

/** @returns in words why an export that is not callable is none */
export function whyNotCallable(signature: ExportSignature): string {
  const scalars: readonly string[] = scalarTypes;
  const carried = [...signature.params.map(({ type }) => type), ...signature.results].every((type) => scalars.includes(type));
  return carried
    ? `${formatSignature(signature)} is for the language's runtime, not for calls`
    : `${formatSignature(signature)} has a type that HTTP cannot carry`;
}

function word(name: string): string {
  return /^[\w$.:/#@-]+$/.test(name) ? name : JSON.stringify(name);
}
