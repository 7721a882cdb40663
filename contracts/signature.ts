/** What a call of kind `core` can name: the entry of a version, the names of parameters, signatures as text. Pure; used at publish and at PATCH. */
import { BantamError } from './errors.ts';
import type { ExportSignature, FunctionConfig, ModuleAnalysis } from './function.ts';

/** How many names an error message lists; it says how many more there are. */
const listed = 20;

/**
 * The export that a plain call runs: `entry` of the configuration, else the export named like the function, else the only callable one.
 * @param name the function's name
 * @throws BantamError ENTRY_NOT_FOUND; `extra.candidates` has the signatures of the callable exports, the first 20
 */
export function chooseEntry(name: string, config: FunctionConfig, analysis: ModuleAnalysis): string {
  const callable = analysis.exports.filter((candidate) => candidate.callable);
  const fail = (reason: string): BantamError => {
    const candidates = callable.slice(0, listed).map(formatSignature);
    const more = callable.length > listed ? ` and ${callable.length - listed} more` : '';
    const choice = callable.length === 0 ? 'it exports no callable function' : `candidates are ${candidates.join(', ')}${more}`;
    return new BantamError('ENTRY_NOT_FOUND', `${reason}; ${choice}`, { candidates });
  };
  if (config.entry !== undefined) {
    const entry = analysis.exports.find((candidate) => candidate.name === config.entry);
    if (!entry) throw fail(`the module exports no function ${JSON.stringify(config.entry)}`);
    if (!entry.callable) throw fail(`${formatSignature(entry)} has a type that HTTP cannot carry`);
    return entry.name;
  }
  const entry = callable.find((candidate) => candidate.name === name) ?? (callable.length === 1 ? callable[0] : undefined);
  if (!entry) throw fail(`the module has no export named ${JSON.stringify(name)} and not exactly one callable export`);
  return entry.name;
}

/**
 * The exports with the parameter names of the configuration in place of those of the module.
 * @param entry what `chooseEntry` chose: an array of names is for it
 * @throws BantamError INVALID_CONFIG when `params` does not fit the module
 */
export function applyParameterNames(analysis: ModuleAnalysis, config: FunctionConfig, entry: string): ExportSignature[] {
  const given = new Map(Array.isArray(config.params) ? [[entry, config.params]] : Object.entries(config.params ?? {}));
  for (const name of given.keys()) {
    if (!analysis.exports.some((candidate) => candidate.name === name)) {
      throw new BantamError('INVALID_CONFIG', `params: the module exports no function ${JSON.stringify(name)}`);
    }
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

function word(name: string): string {
  return /^[\w$.:/#@-]+$/.test(name) ? name : JSON.stringify(name);
}
