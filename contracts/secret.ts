/** Secrets as the control API shows them, and how versions of functions name them. Never their values. No I/O. */
import { type Static, Type } from 'typebox';
import { functionNamePattern } from './names.ts';

/** As names of functions are. */
export const secretNamePattern = functionNamePattern;

/** A secret that a version of a function is given. The same name and version is the same value for ever. */
export const SecretReference = Type.Object({
  env: Type.String({ description: 'Name of the environment variable that has the value' }),
  name: Type.String({ description: 'Name of the secret, in the namespace of the function' }),
  version: Type.Integer({ description: 'The version that calls get now; 0 when the secret was deleted' }),
});
export type SecretReference = Static<typeof SecretReference>;

export const Secret = Type.Object({
  name: Type.String({ pattern: secretNamePattern }),
  namespace: Type.String(),
  version: Type.Integer({ minimum: 1, description: 'One more with each value that is stored' }),
  updatedAt: Type.Unsafe<Date>(Type.String({ format: 'date-time' })),
  functions: Type.Array(Type.String(), {
    description: 'Functions of its namespace that are given it: their latest version, or one that an alias points to, names it',
  }),
});
export type Secret = Static<typeof Secret>;
