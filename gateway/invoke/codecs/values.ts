/** Typed exports of components. Pure. */
import { encodeTypedCall } from '../../../contracts/typed-call.ts';
import type { WitType } from '../../../contracts/wit.ts';
import { calledExport } from '../called-export.ts';
import type { CallInput } from '../given.ts';
import { decodeWitArguments } from '../wit-arguments.ts';
import type { Codec } from './codec.ts';

export const encodeValues: Codec = (version, request) => {
  const { name, wit, ...signature } = calledExport(version, request.rest);
  if (wit === undefined) throw new Error(`the export ${name} of a component has no types`);
  const decoded = decodeWitArguments({ name, wit, ...signature }, request);
  const args = mayHaveNegativeZero(request) ? decoded.map(keepZeroSign) : decoded;
  return encodeTypedCall({ exportName: name, args, rawBytes: isBytes(wit.result) && acceptsBytes(request.accept) });
};

/** @returns whether the result, or the ok case of it, is a list<u8> */
function isBytes(type: WitType | undefined): boolean {
  if (type?.kind === 'result') return isBytes(type.ok);
  return type?.kind === 'list' && type.of.kind === 'u8';
}

/** Asked for by name only: a wildcard is what every client sends. */
function acceptsBytes(accept: string | undefined): boolean {
  return accept?.split(',').some((range) => /^\s*application\/octet-stream\s*(?:$|;(?!\s*q=0(?:\.0*)?\s*$))/i.test(range)) === true;
}

function mayHaveNegativeZero({ query, body }: CallInput): boolean {
  return query?.includes('-') === true || body?.includes('-0') === true;
}

/** JSON.stringify drops the sign of -0. */
function keepZeroSign(json: unknown): unknown {
  if (Object.is(json, -0)) return JSON.rawJSON('-0');
  if (Array.isArray(json)) return json.map(keepZeroSign);
  if (typeof json !== 'object' || json === null) return json;
  const kept = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(json)) kept[name] = keepZeroSign(value);
  return kept;
}
