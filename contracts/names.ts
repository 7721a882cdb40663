/** Names of functions and how a call names what it wants: `name` or `name@version`. Pure. */
import { BantamError } from './errors.ts';

/** DNS label without upper case, so that a name fits into URLs, hosts, keys and metrics unescaped. */
export const functionNamePattern = '^[a-z0-9][a-z0-9-]{0,62}$';
const functionName = new RegExp(functionNamePattern);
const versionNumber = /^[1-9][0-9]{0,8}$/;

/** What a call asks for; no version means the latest. */
export interface FunctionReference {
  readonly name: string;
  readonly version: number | undefined;
}

/** @throws BantamError INVALID_NAME unless `text` is a function name */
export function parseFunctionName(text: string): string {
  if (!functionName.test(text)) throw new BantamError('INVALID_NAME', `${quote(text)} is not a function name`);
  return text;
}

/**
 * @param text `name` or `name@version`, already percent-decoded
 * @throws BantamError INVALID_NAME
 */
export function parseFunctionReference(text: string): FunctionReference {
  const at = text.indexOf('@');
  if (at < 0) return { name: parseFunctionName(text), version: undefined };
  return { name: parseFunctionName(text.slice(0, at)), version: parseVersionNumber(text.slice(at + 1)) };
}

/** @throws BantamError INVALID_NAME unless `text` is a version number (1, 2, 3 ...) */
export function parseVersionNumber(text: string): number {
  if (!versionNumber.test(text)) throw new BantamError('INVALID_NAME', `${quote(text)} is not a version number`);
  return Number(text);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}
