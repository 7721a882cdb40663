/** What a key may do, and the words in which it is told that it may not. Pure. */
import { type Access, isAllowed, type Principal, roles } from '../../contracts/access.ts';
import { BantamError } from '../../contracts/errors.ts';
import { bareNameOf, namespaceOf } from '../../contracts/names.ts';

/** What a request is about. */
export interface Subject {
  /** Undefined: the installation as a whole. */
  readonly namespace: string | undefined;
  /** Of a function, without its namespace; undefined: all of the namespace. */
  readonly name: string | undefined;
}

/** @returns why not; undefined when it may */
export function refusalOf(principal: Principal, access: Access, { namespace, name }: Subject): BantamError | undefined {
  if (isAllowed(principal, access, namespace, name)) return undefined;
  return new BantamError('KEY_NOT_ALLOWED', `the key "${principal.name}" ${shortcoming(principal, access, namespace)}`);
}

/**
 * For handlers that know only later what a request is about: records by id, functions that a body names.
 * @param name qualified
 * @throws BantamError KEY_NOT_ALLOWED
 */
export function permit(principal: Principal, access: Access, name: string): void {
  const refusal = refusalOf(principal, access, { namespace: namespaceOf(name), name: bareNameOf(name) });
  if (refusal !== undefined) throw refusal;
}

/**
 * The same of an asynchronous invocation: who may invoke may deal with what it has made itself.
 * @param caller id of the key that made it
 * @throws BantamError KEY_NOT_ALLOWED
 */
export function permitRecord(
  principal: Principal,
  access: Access,
  { function: name, caller }: { readonly function: string; readonly caller?: string | undefined },
): void {
  permit(principal, caller !== undefined && caller === principal.key ? 'invoke' : access, name);
}

/** Whether the role alone is enough, whatever the request turns out to be about. */
export function hasRoleFor({ role, ...principal }: Principal, access: Access): boolean {
  return isAllowed({ ...principal, role, namespace: undefined, functions: undefined }, access, undefined, undefined);
}

function shortcoming(principal: Principal, access: Access, namespace: string | undefined): string {
  if (!hasRoleFor(principal, access)) {
    const enough = roles.filter((role) => hasRoleFor({ ...principal, role }, access));
    return `has the role ${principal.role}: this takes ${enough.join(' or ')}`;
  }
  if (principal.namespace !== undefined && principal.namespace !== namespace)
    return `is for the namespace ${principal.namespace}: this is about ${namespace === undefined ? 'the installation as a whole' : JSON.stringify(namespace.slice(0, 80))}`;
  return `is for these functions only: ${principal.functions?.join(', ')}`;
}
