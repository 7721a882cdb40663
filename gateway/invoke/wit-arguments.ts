/** From an HTTP request to the typed arguments of a component's export, as JSON values. Pure. */
import type { ExportSignature } from '../../contracts/function.ts';
import { witFromJson } from '../../contracts/wit-from-json.ts';
import { camelCase, casesShape, flagsShape, isOptional, recordShape } from '../../contracts/wit-shapes.ts';
import type { WitField, WitSignature, WitType } from '../../contracts/wit.ts';
import { type CallInput, explained, type Given, type GivenArguments, readGiven, wrongCount } from './given.ts';
import { ArgumentFault } from './scalars.ts';
import { textsToJson } from './wit-texts.ts';

/**
 * As `readGiven`; names as in WIT or in camelCase, lists also by repeating the name, option<T> may be missing. Besides:
 * - The one parameter of a function that is a record, variant, result or flags may be the JSON object itself; the fields of a record
 *   may be given in the query. An object whose only member is named like the parameter is the arguments by name, unless the value
 *   could have a member of that name.
 * - The one parameter of a function that is a list<u8> may be the body itself, sent as application/octet-stream.
 * @param signature with the types as data
 * @returns one JSON value per parameter, checked against its type
 * @throws BantamError INVALID_ARGUMENTS showing the signature
 */
export function decodeWitArguments(signature: ExportSignature & { readonly wit: WitSignature }, input: CallInput): unknown[] {
  // Names may be the configuration's.
  const params = signature.wit.params.map(({ type }, i): WitField => ({ name: signature.params[i]?.name ?? '', type }));
  return explained(signature, () => {
    const args = rawBody(params, input) ?? place(params, readGiven(input));
    for (const [i, { name, type }] of params.entries()) witFromJson(type, args[i], name);
    return args;
  });
}

function rawBody(params: readonly WitField[], { query, body, contentType }: CallInput): unknown[] | undefined {
  const [only] = params;
  const bytes = params.length === 1 && only?.type.kind === 'list' && only.type.of.kind === 'u8';
  if (!bytes || body === undefined || contentType?.startsWith('application/octet-stream') !== true) return undefined;
  if (query !== undefined && query !== '') throw new ArgumentFault(`"${only.name}" is the body; there are no further parameters`);
  return [body.toString('base64')];
}

function place(params: readonly WitField[], { byPosition, byName }: GivenArguments): unknown[] {
  const [only] = params;
  if (byPosition.length > 0) {
    if (byPosition.length === params.length) return byPosition.map((given, i) => toJson([given], params[i] as WitField));
    const hint = params.length === 1 && only?.type.kind === 'list' ? `; a list is given as [[...]] or {"${only.name}": [...]}` : '';
    throw new ArgumentFault(wrongCount(params.length, byPosition.length) + hint);
  }
  if (params.length === 1 && only !== undefined && isValueItself(only, byName)) return [assemble(only.type, byName)];
  const given = new Map<string, Given[]>();
  for (const [name, value] of byName) {
    const param = params.find((candidate) => candidate.name === name) ?? params.find((candidate) => camelCase(candidate.name) === name);
    if (param === undefined) throw new ArgumentFault(`there is no parameter "${name}"`);
    add(given, param.name, value);
  }
  return params.map((param) => {
    const values = given.get(param.name);
    if (values !== undefined) return toJson(values, param);
    if (!isOptional(param.type)) throw new ArgumentFault(`argument "${param.name}" is missing`);
    return null;
  });
}

/** @returns whether what was given by name are the members of the one parameter's value */
function isValueItself({ name, type }: WitField, byName: GivenArguments['byName']): boolean {
  if (byName.length === 0) return false;
  const isMember = memberTest(type);
  if (isMember === undefined) return false;
  if (type.kind !== 'record' && byName.some(([, given]) => 'text' in given)) return false;
  const named = byName.every(([key]) => key === name || key === camelCase(name));
  return !named || isMember(name) || isMember(camelCase(name));
}

/** @returns undefined for types that are no objects in JSON */
function memberTest(type: WitType): ((key: string) => boolean) | undefined {
  if (type.kind === 'record') return (key) => recordShape(type).byKey.has(key);
  if (type.kind === 'variant') return (key) => casesShape(type).has(key);
  if (type.kind === 'flags') return (key) => flagsShape(type).byKey.has(key);
  return type.kind === 'result' ? (key) => key === 'ok' || key === 'err' : undefined;
}

function assemble(type: WitType, byName: GivenArguments['byName']): unknown {
  const members = new Map<string, Given[]>();
  for (const [name, value] of byName) add(members, name, value);
  const json = Object.create(null) as Record<string, unknown>;
  for (const [name, values] of members) {
    const field = type.kind === 'record' ? recordShape(type).byKey.get(name) : undefined;
    // A name that is none is told by witFromJson.
    json[name] = field === undefined ? onlyOne(name, values) : toJson(values, field);
  }
  return json;
}

function toJson(values: readonly Given[], { name, type }: WitField): unknown {
  const texts = values.filter((given) => 'text' in given).map(({ text }) => text);
  return texts.length === values.length ? textsToJson(type, texts, name) : onlyOne(name, values);
}

function onlyOne(name: string, [first, ...more]: readonly Given[]): unknown {
  if (first === undefined || more.length > 0) throw new ArgumentFault(`argument "${name}" is given twice`);
  return 'text' in first ? first.text : first.json;
}

function add(to: Map<string, Given[]>, name: string, value: Given): void {
  const known = to.get(name);
  if (known === undefined) to.set(name, [value]);
  else known.push(value);
}
