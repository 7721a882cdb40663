/** The control API of secrets. Values go in, and are never shown. */
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { BantamError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import { bareNameOf, defaultNamespace, namespaceOf, qualifiedNamePattern } from '../../contracts/names.ts';
import { Secret, secretNamePattern } from '../../contracts/secret.ts';
import { noSecret, type SecretName, type SecretStore } from '../../registry/secrets.ts';
import type { Keyring } from '../../shared/keyring.ts';
import { takeAnyBody } from '../plugins/any-type.ts';
import { toBantamError } from '../plugins/problems.ts';
import { rotateSecrets } from '../secrets/rotate.ts';
import { parseSecretValue, tooLong } from '../secrets/value.ts';
import { inNamespace, namedIn, namespaceIn, namespacesIn, ofNamespaces } from './in-namespace.ts';

export interface SecretRoutesOptions {
  readonly store: SecretStore;
  /** Undefined without BANTAM_SECRET_KEY. */
  readonly keyring: Keyring | undefined;
  /** Called for each function that a change concerns, before it is answered. */
  readonly onChange: (functionName: string) => void;
}

// Closed: a key for some functions only must not pass for one by naming a function here.
const closed = { additionalProperties: false };
const InNamespace = Type.Object(inNamespace, closed);
const Paging = Type.Object(
  {
    ...ofNamespaces,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
    after: Type.Optional(Type.String({ pattern: qualifiedNamePattern, description: '`next` of the page before' })),
  },
  closed,
);
const Removal = Type.Object(
  {
    ...inNamespace,
    force: Type.Optional(Type.Boolean({ default: false, description: 'Also when functions are given it' })),
  },
  closed,
);
const SecretList = Type.Object({
  secrets: Type.Array(Secret),
  next: Type.Optional(Type.String({ description: '`after` of the next page' })),
});
const Rotated = Type.Object({ rotated: Type.Integer({ description: 'Values that had another key' }) });
const secretName = new RegExp(secretNamePattern);

interface OfOne {
  readonly Params: { readonly name: string };
}

export function secretRoutes(app: FastifyInstance, { store, keyring, onChange }: SecretRoutesOptions): void {
  const tags = ['secrets'];

  void app.register(async (values) => {
    takeAnyBody(values, limits.maxSecretBytes);
    values.setErrorHandler((error) => {
      throw toBantamError(error).code === 'BODY_TOO_LARGE' ? tooLong() : error;
    });
    values.put<OfOne & { Body: Buffer | undefined }>(
      '/api/secrets/:name',
      {
        config: { access: 'deploy' },
        schema: {
          summary: 'Store a value; the body is the value, whatever it says of its type',
          tags,
          consumes: ['text/plain'],
          querystring: InNamespace,
          response: { 200: Secret, 201: Secret },
        },
      },
      async (request, reply) => {
        const of = secretIn(request);
        const keys = required(keyring);
        const value = parseSecretValue(request.body);
        const { created, secret, changed } = await store.put(of, (version) => keys.seal({ ...of, version }, value));
        changed.forEach(onChange);
        return reply
          .code(created ? 201 : 200)
          .header('location', pathOf(of))
          .send(secret);
      },
    );
  });

  app.get<{ Querystring: Static<typeof Paging> }>(
    '/api/secrets',
    {
      config: { access: 'read' },
      schema: { summary: 'List the secrets by name, without their values', tags, querystring: Paging, response: { 200: SecretList } },
    },
    async ({ query }) => {
      const namespace = namespacesIn(query);
      const after = namedIn(namespace, query.after);
      const start = after === undefined ? undefined : { namespace: namespaceOf(after), name: bareNameOf(after) };
      const { items, next } = await store.list(namespace, query.limit ?? 100, start);
      return { secrets: items, next };
    },
  );

  app.get<OfOne>(
    '/api/secrets/:name',
    {
      config: { access: 'read' },
      schema: { summary: 'Show a secret, without its value', tags, querystring: InNamespace, response: { 200: Secret } },
    },
    async (request) => {
      const of = secretIn(request);
      const secret = await store.find(of);
      if (secret === undefined) throw noSecret(of);
      return secret;
    },
  );

  app.delete<OfOne & { Querystring: Static<typeof Removal> }>(
    '/api/secrets/:name',
    {
      config: { access: 'deploy' },
      schema: { summary: 'Delete a secret with all its values', tags, querystring: Removal, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      const changed = await store.remove(secretIn(request), request.query.force ?? false);
      changed.forEach(onChange);
      return reply.code(204).send();
    },
  );

  app.post(
    '/api/secrets/rotate',
    {
      config: { access: 'admin', about: 'installation' },
      schema: { summary: 'Encrypt all secrets with the first key of BANTAM_SECRET_KEY', tags, response: { 200: Rotated } },
    },
    async () => ({ rotated: await rotateSecrets(store, required(keyring)) }),
  );
}

/** @throws BantamError INVALID_NAME */
function secretIn({ params: { name }, query }: { readonly params: { readonly name: string }; readonly query: unknown }): SecretName {
  if (!secretName.test(name)) throw new BantamError('INVALID_NAME', `${JSON.stringify(name.slice(0, 80))} is not the name of a secret`);
  return { namespace: namespaceIn(query), name };
}

function pathOf({ namespace, name }: SecretName): string {
  return `/api/secrets/${name}${namespace === defaultNamespace ? '' : `?namespace=${namespace}`}`;
}

/** @throws BantamError SECRETS_DISABLED */
function required(keyring: Keyring | undefined): Keyring {
  if (keyring === undefined) throw new BantamError('SECRETS_DISABLED', 'BANTAM_SECRET_KEY is not set');
  return keyring;
}
