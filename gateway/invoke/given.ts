/** What a request gives as arguments, before it is known what the export takes. Pure. */
import { BantamError } from '../../contracts/errors.ts';
import type { ExportSignature } from '../../contracts/function.ts';
import { formatSignature } from '../../contracts/signature.ts';
import { WitFault } from '../../contracts/wit-fault.ts';
import { ArgumentFault } from './scalars.ts';

export interface CallInput {
  /** The query string without "?", undefined when there is none. */
  readonly query: string | undefined;
  readonly body: Buffer | undefined;
  readonly contentType: string | undefined;
}

/** One argument as it was given: text (query, form) or a JSON value. */
export type Given = { readonly text: string } | { readonly json: unknown };

export interface GivenArguments {
  readonly byPosition: readonly Given[];
  readonly byName: readonly (readonly [name: string, given: Given])[];
}

/**
 * Query, form or JSON object: by name; JSON array: by position; any other JSON value: the one argument.
 * @throws ArgumentFault when they are given by name and by position
 */
export function readGiven({ query, body, contentType }: CallInput): GivenArguments {
  const byPosition: Given[] = [];
  const byName: [string, Given][] = [];
  if (query !== undefined && query !== '') byName.push(...pairs(query));
  if (body !== undefined && body.length > 0) readBody(body, contentType, byPosition, byName);
  if (byPosition.length > 0 && byName.length > 0)
    throw new ArgumentFault('arguments are given by position and by name; use one of the two');
  return { byPosition, byName };
}

/** @throws BantamError INVALID_ARGUMENTS showing the signature, for what `work` finds wrong with the arguments */
export function explained<Result>(signature: ExportSignature, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ArgumentFault || error instanceof WitFault)) throw error;
    const text = formatSignature(signature);
    throw new BantamError('INVALID_ARGUMENTS', `${error.message}; the signature is ${text}`, { signature: text });
  }
}

/** @returns like "2 arguments are needed, 1 given" */
export function wrongCount(needed: number, given: number): string {
  return `${needed === 1 ? '1 argument is' : `${needed} arguments are`} needed, ${given} given`;
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
