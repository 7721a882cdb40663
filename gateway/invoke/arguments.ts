/** From an HTTP request to the scalar arguments of an export. Pure. */
import { BantamError } from '../../contracts/errors.ts';
import type { ScalarValue } from '../../contracts/call.ts';
import type { ExportSignature, Parameter } from '../../contracts/function.ts';
import type { ScalarType } from '../../contracts/kinds.ts';
import { formatSignature } from '../../contracts/signature.ts';
import { ArgumentFault, fromJson, fromText } from './scalars.ts';

export interface CallInput {
  /** The query string without "?", undefined when there is none. */
  readonly query: string | undefined;
  readonly body: Buffer | undefined;
  readonly contentType: string | undefined;
}

/** One argument as it was given: text (query, form) or a JSON value. */
type Given = { readonly text: string } | { readonly json: unknown };

/**
 * Query, form or JSON object: by name, or in the order given when the module names no parameters; JSON array: by position; any other JSON
 * value: the one argument.
 * @returns as many values as the export has parameters, in range
 * @throws BantamError INVALID_ARGUMENTS showing the signature
 */
export function decodeArguments(signature: ExportSignature, input: CallInput): ScalarValue[] {
  try {
    const byPosition: Given[] = [];
    const byName: [string, Given][] = [];
    if (input.query !== undefined && input.query !== '') byName.push(...pairs(input.query));
    if (input.body !== undefined && input.body.length > 0) readBody(input.body, input.contentType, byPosition, byName);
    return place(signature.params, byPosition, byName).map((given, i) => convert(given, signature.params[i] as Parameter));
  } catch (error) {
    if (!(error instanceof ArgumentFault)) throw error;
    throw new BantamError('INVALID_ARGUMENTS', `${error.message}; the signature is ${formatSignature(signature)}`, {
      signature: formatSignature(signature),
    });
  }
}

function readBody(body: Buffer, contentType: string | undefined, byPosition: Given[], byName: [string, Given][]): void {
  const text = body.toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(text) as unknown;
  } catch {
    // `curl -d n=42` says it is a form.
    if (contentType?.startsWith('application/x-www-form-urlencoded') === true) byName.push(...pairs(text.trim()));
    else throw new ArgumentFault('the body is not JSON');
    return;
  }
  if (Array.isArray(json)) for (const item of json) byPosition.push({ json: item as unknown });
  else if (typeof json === 'object' && json !== null)
    for (const [name, value] of Object.entries(json)) byName.push([name, { json: value as unknown }]);
  else byPosition.push({ json });
}

function pairs(query: string): [string, Given][] {
  return [...new URLSearchParams(query)].map(([name, text]) => [name, { text }]);
}

function place(params: readonly Parameter[], byPosition: readonly Given[], byName: readonly [string, Given][]): Given[] {
  if (byPosition.length > 0) {
    if (byName.length > 0) throw new ArgumentFault('arguments are given by position and by name; use one of the two');
    if (byPosition.length !== params.length) throw new ArgumentFault(`${count(params.length)} needed, ${byPosition.length} given`);
    return [...byPosition];
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

function count(n: number): string {
  return n === 1 ? '1 argument is' : `${n} arguments are`;
}
