/** Functions and versions as the control API shows them. */
import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { BantamError } from '../../contracts/errors.ts';
import { FunctionVersion } from '../../contracts/function.ts';
import { bareNameOf, defaultNamespace, functionNamePattern, namespaceOf } from '../../contracts/names.ts';
import { namespaceMember } from './in-namespace.ts';

export interface NameParams {
  readonly name: string;
}

export const ShownFunction = Type.Object({
  ...FunctionVersion.properties,
  name: Type.String({ pattern: functionNamePattern }),
  ...namespaceMember,
  invokeUrl: Type.String({ description: 'Address at which this function is called' }),
});

export function showFunction(
  { protocol, host }: Pick<FastifyRequest, 'protocol' | 'host'>,
  version: FunctionVersion,
): Static<typeof ShownFunction> {
  const { name } = version;
  return { ...version, name: bareNameOf(name), namespace: namespaceOf(name), invokeUrl: `${protocol}://${host}/fn/${name}` };
}

/** @param name qualified */
export function pathOfFunction(name: string): string {
  const namespace = namespaceOf(name);
  return `/api/functions/${bareNameOf(name)}${namespace === defaultNamespace ? '' : `?namespace=${namespace}`}`;
}

/** @param name qualified */
export function noFunction(name: string): BantamError {
  return new BantamError('FUNCTION_NOT_FOUND', `there is no function "${name}"`);
}
