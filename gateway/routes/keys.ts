/** The control API of keys: make, look, revoke. */
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { BantamError } from '../../contracts/errors.ts';
import { Key, NewKey } from '../../contracts/key.ts';
import { defaultNamespace } from '../../contracts/names.ts';
import type { KeyStore } from '../../registry/keys.ts';
import { makeToken } from '../auth/token.ts';

export interface KeyRoutesOptions {
  readonly store: Pick<KeyStore, 'create' | 'list' | 'find' | 'revoke'>;
  /** Whether there is BANTAM_ADMIN_KEY. */
  readonly operator: boolean;
  /** Called when this gateway made or revoked a key, before it answers. */
  readonly onChange: (id: string) => void;
}

const MadeKey = Type.Evaluate(
  Type.Intersect([
    Key,
    Type.Object({ key: Type.String({ description: 'The key itself. It is shown only here: nobody can read it again.' }) }),
  ]),
);
const KeyList = Type.Object({
  keys: Type.Array(Key),
  next: Type.Optional(Type.String({ description: '`after` of the next page' })),
});
const Paging = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  after: Type.Optional(Type.String({ description: '`next` of the page before' })),
});
interface OfOne {
  readonly Params: { readonly id: string };
}

export function keyRoutes(app: FastifyInstance, { store, operator, onChange }: KeyRoutesOptions): void {
  const tags = ['keys'];
  const config = { access: 'admin', about: 'installation' } as const;

  app.post<{ Body: NewKey }>(
    '/api/keys',
    {
      config,
      schema: {
        summary: 'Make a key',
        description:
          'From the first one on, every request needs one. The first is of role admin, unless the operator has BANTAM_ADMIN_KEY.',
        tags,
        body: NewKey,
        response: { 201: MadeKey },
      },
    },
    async ({ body, principal }, reply) => {
      const wanted = checkNewKey(body, Date.now());
      const { id, token, hash } = makeToken();
      const made = await store.create({ ...wanted, id, hash, by: principal.name }, operator);
      if (made === undefined) throw new BantamError('ADMIN_KEY_NEEDED', 'the first key must be one that can make others');
      onChange(id);
      return reply
        .code(201)
        .header('location', `/api/keys/${id}`)
        .header('cache-control', 'no-store')
        .send({ ...made, key: token });
    },
  );

  app.get<{ Querystring: Static<typeof Paging> }>(
    '/api/keys',
    { config, schema: { summary: 'List the keys, revoked ones included', tags, querystring: Paging, response: { 200: KeyList } } },
    async ({ query }) => {
      const { items, next } = await store.list(query.limit ?? 100, query.after);
      return { keys: items, next };
    },
  );

  app.get<OfOne>('/api/keys/:id', { config, schema: { summary: 'Show a key', tags, response: { 200: Key } } }, async ({ params }) => {
    const [key] = await store.find([params.id]);
    if (key === undefined) throw noKey(params.id);
    return key;
  });

  app.delete<OfOne>(
    '/api/keys/:id',
    { config, schema: { summary: 'Revoke a key, at every gateway', tags, response: { 204: Type.Null() } } },
    async ({ params }, reply) => {
      const revocation = await store.revoke(params.id, operator);
      if (revocation === 'not-found') throw noKey(params.id);
      if (revocation === 'last-admin') throw new BantamError('ADMIN_KEY_NEEDED', 'this is the last key that can make others');
      onChange(params.id);
      return reply.code(204).send();
    },
  );
}

/** @returns what it is made from: functions are those of one namespace. @throws BantamError INVALID_REQUEST */
function checkNewKey(key: NewKey, nowMs: number): NewKey {
  const isBound = key.namespace !== undefined || key.functions !== undefined;
  if (key.role === 'admin' && isBound) throw new BantamError('INVALID_REQUEST', 'an admin key is for all namespaces and functions');
  if (key.expiresAt !== undefined && Date.parse(key.expiresAt) <= nowMs)
    throw new BantamError('INVALID_REQUEST', '"expiresAt" is not in the future');
  return key.functions === undefined ? key : { namespace: defaultNamespace, ...key };
}

function noKey(id: string): BantamError {
  return new BantamError('KEY_NOT_FOUND', `there is no key ${JSON.stringify(id.slice(0, 80))}`);
}
