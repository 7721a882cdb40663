/** The control API of namespaces. */
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { namespacePattern, parseNamespace } from '../../contracts/names.ts';
import { Namespace, NamespaceChange } from '../../contracts/namespace.ts';
import { type NamespaceStore, noNamespace } from '../../registry/namespaces.ts';

export interface NamespaceRoutesOptions {
  readonly store: NamespaceStore;
}

const NamespaceList = Type.Object({
  namespaces: Type.Array(Namespace),
  next: Type.Optional(Type.String({ description: '`after` of the next page' })),
});
const Paging = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  after: Type.Optional(Type.String({ pattern: namespacePattern, description: '`next` of the page before' })),
});
interface OfOne {
  readonly Params: { readonly name: string };
}

export function namespaceRoutes(app: FastifyInstance, { store }: NamespaceRoutesOptions): void {
  const tags = ['namespaces'];
  const config = { access: 'admin', about: 'installation' } as const;

  app.get<{ Querystring: Static<typeof Paging> }>(
    '/api/namespaces',
    { config, schema: { summary: 'List the namespaces by name', tags, querystring: Paging, response: { 200: NamespaceList } } },
    async ({ query }) => {
      const { items, next } = await store.list(query.limit ?? 100, query.after);
      return { namespaces: items, next };
    },
  );

  app.put<OfOne & { Body: NamespaceChange | null }>(
    '/api/namespaces/:name',
    {
      config,
      schema: {
        summary: 'Make a namespace, or describe it anew',
        tags,
        body: Type.Union([NamespaceChange, Type.Null()]),
        response: { 200: Namespace, 201: Namespace },
      },
    },
    async ({ params, body }, reply) => {
      const { created, namespace } = await store.put(parseNamespace(params.name), body?.description);
      return reply
        .code(created ? 201 : 200)
        .header('location', `/api/namespaces/${namespace.name}`)
        .send(namespace);
    },
  );

  app.get<OfOne>(
    '/api/namespaces/:name',
    { config, schema: { summary: 'Show a namespace', tags, response: { 200: Namespace } } },
    async ({ params }) => {
      const name = parseNamespace(params.name);
      const namespace = await store.find(name);
      if (namespace === undefined) throw noNamespace(name);
      return namespace;
    },
  );

  app.delete<OfOne>(
    '/api/namespaces/:name',
    { config, schema: { summary: 'Delete a namespace that is empty', tags, response: { 204: Type.Null() } } },
    async ({ params }, reply) => {
      const name = parseNamespace(params.name);
      if (!(await store.remove(name))) throw noNamespace(name);
      return reply.code(204).send();
    },
  );
}
