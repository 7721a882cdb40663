/** What a request is about, as far as its URL says. Decided once per route. Pure. */
import { BantamError } from '../../contracts/errors.ts';
import { bareNameOf, defaultNamespace, namespaceOf } from '../../contracts/names.ts';
import type { Subject } from './permit.ts';

/** What is needed of Fastify's request; both may hold anything. */
export interface Addressed {
  readonly params: unknown;
  readonly query: unknown;
}

export type SubjectOf = (request: Addressed) => Subject;

/**
 * @param url of the route, with its parameters
 * @param about see FastifyContextConfig
 * @returns undefined when only the handler can say
 */
export function subjectFinder(url: string, about: 'installation' | 'record' | undefined): SubjectOf | undefined {
  if (about === 'record') return undefined;
  if (about === 'installation') return () => ({ namespace: undefined, name: undefined });
  if (url.includes('/:reference')) return ({ params }) => calledBy(member(params, 'reference') ?? '');
  const isOfFunction = url.startsWith('/api/functions/:name');
  return ({ params, query }) => within(namespaceAsked(query), isOfFunction ? member(params, 'name') : member(query, 'function'));
}

/** @returns as `?namespace=` says it: also `*`. @throws BantamError INVALID_REQUEST when it says it twice */
export function namespaceAsked(query: unknown): string {
  return member(query, 'namespace') ?? defaultNamespace;
}

/** @param reference name, name.namespace, with @version or :alias; what is none is refused where it is parsed */
function calledBy(reference: string): Subject {
  const end = reference.search(/[@:]/);
  const name = end < 0 ? reference : reference.slice(0, end);
  return { namespace: namespaceOf(name), name: bareNameOf(name) };
}

/** A name that says its namespace itself must say the same. @throws BantamError INVALID_REQUEST */
function within(namespace: string, name: string | undefined): Subject {
  if (name === undefined || !name.includes('.')) return { namespace, name };
  if (namespaceOf(name) !== namespace)
    throw new BantamError(
      'INVALID_REQUEST',
      `${JSON.stringify(name.slice(0, 160))} is not of the namespace ${JSON.stringify(namespace.slice(0, 80))}`,
    );
  return { namespace, name: bareNameOf(name) };
}

function member(of: unknown, name: string): string | undefined {
  const value = (of as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new BantamError('INVALID_REQUEST', `"${name}" is given more than once`);
}
