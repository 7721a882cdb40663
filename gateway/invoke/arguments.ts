/** From an HTTP request to the scalar arguments of an export. Pure. */
import type { ScalarValue } from '../../contracts/call.ts';
import type { ExportSignature, Parameter } from '../../contracts/function.ts';
import type { ScalarType } from '../../contracts/kinds.ts';
import { type CallInput, explained, type Given, type GivenArguments, readGiven, wrongCount } from './given.ts';
import { ArgumentFault, fromJson, fromText } from './scalars.ts';

/**
 * As `readGiven`; by name, or in the order given when the module names no parameters.
 * @returns as many values as the export has parameters, in range
 * @throws BantamError INVALID_ARGUMENTS showing the signature
 */
export function decodeArguments(signature: ExportSignature, input: CallInput): ScalarValue[] {
  const { params } = signature;
  return explained(signature, () => place(params, readGiven(input)).map((given, i) => convert(given, params[i] as Parameter)));
}

function place(params: readonly Parameter[], { byPosition, byName }: GivenArguments): readonly Given[] {
  if (byPosition.length > 0) {
    if (byPosition.length !== params.length) throw new ArgumentFault(wrongCount(params.length, byPosition.length));
    return byPosition;
  }
  const given = new Map<string, Given>();
  for (const [name, value] of byName) {
    if (given.has(name)) throw new ArgumentFault(`argument "${name}" is given twice`);
    given.set(name, value);
  }
  // A module without names for its parameters cannot mean other ones: the order given decides.
  const unnamed = params.every(({ name }, i) => name === `p${i}`);
  if (unnamed && given.size === params.length && !params.every(({ name }) => given.has(name))) return [...given.values()];
  for (const name of given.keys())
    if (!params.some((param) => param.name === name)) throw new ArgumentFault(`there is no parameter "${name}"`);
  return params.map(({ name }) => {
    const value = given.get(name);
    if (value === undefined) throw new ArgumentFault(`argument "${name}" is missing`);
    return value;
  });
}

function convert(given: Given, { name, type }: Parameter): ScalarValue {
  return 'text' in given ? fromText(given.text, type as ScalarType, name) : fromJson(given.json, type as ScalarType, name);
}
