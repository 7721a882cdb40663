/** `?namespace=` of the control API, and how it shows what is in one: bare names, with the namespace beside them. Pure. */
import { Type } from 'typebox';
import {
  bareNameOf,
  defaultNamespace,
  namespaceOf,
  namespacePattern,
  nameWithin,
  parseFunctionName,
  parseNamespace,
  parseQualifiedName,
  qualify,
  referenceFrom,
} from '../../contracts/names.ts';

/** Members of a query that is about one namespace. */
export const inNamespace = {
  namespace: Type.Optional(
    Type.String({ pattern: namespacePattern, default: defaultNamespace, description: 'The namespace of what is named.' }),
  ),
};
export const InNamespace = Type.Object(inNamespace);

/** Members of a query that lists. */
export const ofNamespaces = {
  namespace: Type.Optional(
    Type.String({
      pattern: `${namespacePattern}|^\\*$`,
      default: defaultNamespace,
      description: 'Only what is in this namespace; *: what is in any.',
    }),
  ),
};

/** Member of everything that is shown of a namespace. */
export const namespaceMember = { namespace: Type.String({ pattern: namespacePattern }) };

/** @param query as it came, checked or not. @throws BantamError INVALID_NAME */
export function namespaceIn(query: unknown): string {
  const { namespace = defaultNamespace } = query as { readonly namespace?: unknown };
  return parseNamespace(String(namespace));
}

/** @param query as it came, checked or not. @returns undefined for all. @throws BantamError INVALID_NAME */
export function namespacesIn(query: unknown): string | undefined {
  return (query as { readonly namespace?: unknown }).namespace === '*' ? undefined : namespaceIn(query);
}

/** @returns the qualified name of the function that a request is about. @throws BantamError INVALID_NAME */
export function functionIn({ params, query }: { readonly params: { readonly name: string }; readonly query: unknown }): string {
  return qualify(parseFunctionName(params.name), namespaceIn(query));
}

/**
 * What a filter or a page names.
 * @param namespace undefined for all: names without one are of the default namespace
 * @returns the qualified name
 * @throws BantamError INVALID_NAME
 */
export function namedIn<Name extends string | undefined>(namespace: string | undefined, name: Name): Name | string {
  return name === undefined ? name : parseQualifiedName(referenceFrom(namespace ?? defaultNamespace, name));
}

/** @returns the same with `function`, and `schedule` where there is one, as they are named in the function's namespace */
export function shown<T extends { readonly function: string; readonly schedule?: string }>(record: T): T & { readonly namespace: string } {
  const namespace = namespaceOf(record.function);
  const { schedule } = record;
  return {
    ...record,
    function: bareNameOf(record.function),
    ...(schedule !== undefined && { schedule: nameWithin(namespace, schedule) }),
    namespace,
  };
}
