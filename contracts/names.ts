/**
 * Names of functions and how a call names what it wants: `name`, `name@version` or `name:alias`, each with `.namespace` after the name where
 * it is not the default one. Pure.
 */
import { BantamError } from './errors.ts';

/** DNS label without upper case, so that a name fits into URLs, hosts, keys and metrics unescaped. */
export const functionNamePattern = '^[a-z0-9][a-z0-9-]{0,62}$';
/** `name` or `name.namespace`: what the registry and everything behind it knows a function by. Never with the default namespace. */
export const qualifiedNamePattern = '^[a-z0-9][a-z0-9-]{0,62}(\\.[a-z0-9][a-z0-9-]{0,62})?$';
/** A name of a namespace, as that of a function. */
export const namespacePattern = functionNamePattern;
/** That of functions whose name says nothing of it. */
export const defaultNamespace = 'default';
/** Not starting with a digit, so that nobody takes it for a version. */
export const aliasPattern = '^[a-z][a-z0-9-]{0,62}$';
const functionName = new RegExp(functionNamePattern);
const qualifiedName = new RegExp(qualifiedNamePattern);
const defaultSuffix = `.${defaultNamespace}`;
const aliasName = new RegExp(aliasPattern);
const versionNumber = /^[1-9][0-9]{0,8}$/;

/** What a call asks for: a version, or what an alias points to. */
export type FunctionReference =
  | { /** Qualified. */ readonly name: string; readonly version: number; readonly alias?: undefined }
  | {
      readonly name: string;
      readonly version?: undefined;
      /** Undefined: the default alias. */
      readonly alias: string | undefined;
    };

/** @throws BantamError INVALID_NAME unless `text` is a function name, without a namespace */
export function parseFunctionName(text: string): string {
  if (!functionName.test(text)) throw new BantamError('INVALID_NAME', `${quote(text)} is not a function name`);
  return text;
}

/** @throws BantamError INVALID_NAME unless `text` is the name of an alias */
export function parseAliasName(text: string): string {
  if (!aliasName.test(text)) throw new BantamError('INVALID_NAME', `${quote(text)} is not the name of an alias`);
  return text;
}

/** @throws BantamError INVALID_NAME unless `text` is the name of a namespace */
export function parseNamespace(text: string): string {
  if (!functionName.test(text)) throw new BantamError('INVALID_NAME', `${quote(text)} is not the name of a namespace`);
  return text;
}

/** @returns the qualified name of `name` or `name.namespace`. @throws BantamError INVALID_NAME */
export function parseQualifiedName(text: string): string {
  if (!qualifiedName.test(text)) throw new BantamError('INVALID_NAME', `${quote(text)} is not a function name`);
  return text.endsWith(defaultSuffix) ? text.slice(0, -defaultSuffix.length) : text;
}

/**
 * @param text `name`, `name@version` or `name:alias`, the name with its namespace or not, already percent-decoded
 * @throws BantamError INVALID_NAME
 */
export function parseFunctionReference(text: string): FunctionReference {
  const end = text.search(/[@:]/);
  if (end < 0) return { name: parseQualifiedName(text), alias: undefined };
  const name = parseQualifiedName(text.slice(0, end));
  const rest = text.slice(end + 1);
  return text[end] === '@' ? { name, version: parseVersionNumber(rest) } : { name, alias: parseAliasName(rest) };
}

/** @throws BantamError INVALID_NAME unless `text` is a version number (1, 2, 3 ...) */
export function parseVersionNumber(text: string): number {
  if (!versionNumber.test(text)) throw new BantamError('INVALID_NAME', `${quote(text)} is not a version number`);
  return Number(text);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}

/** @param name qualified */
export function namespaceOf(name: string): string {
  const dot = name.indexOf('.');
  return dot < 0 ? defaultNamespace : name.slice(dot + 1);
}

/** @param name qualified @returns the name without its namespace */
export function bareNameOf(name: string): string {
  const dot = name.indexOf('.');
  return dot < 0 ? name : name.slice(0, dot);
}

/** @param name without a namespace @returns `name` in the default namespace, `name.namespace` in others */
export function qualify(name: string, namespace: string): string {
  return namespace === defaultNamespace ? name : `${name}.${namespace}`;
}

/**
 * What is named from within a namespace: without saying another, its own is meant.
 * @param reference as `parseFunctionReference` takes it, or what is none
 * @returns the same, from wherever it is read
 */
export function referenceFrom(namespace: string, reference: string): string {
  const end = reference.search(/[@:]/);
  const name = end < 0 ? reference : reference.slice(0, end);
  return name.includes('.') ? reference : `${qualify(name, namespace)}${reference.slice(name.length)}`;
}

/** The inverse of `referenceFrom`. @param name qualified @returns how it is named within a namespace */
export function nameWithin(namespace: string, name: string): string {
  const own = namespaceOf(name);
  return own === namespace ? bareNameOf(name) : `${bareNameOf(name)}.${own}`;
}
