/** The control API of quotas: what a namespace or a key may take, and what it does. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { BantamError } from '../../contracts/errors.ts';
import { parseNamespace } from '../../contracts/names.ts';
import { KeyQuota, KeyUsage, NamespaceQuota, NamespaceUsage, type Quota, type QuotaSubject } from '../../contracts/quota.ts';
import type { QuotaStore } from '../../registry/quotas.ts';
import type { QuotaBook } from '../quotas/book.ts';

export interface QuotaRoutesOptions {
  readonly store: Pick<QuotaStore, 'find' | 'put' | 'remove' | 'usage'>;
  /** Of this gateway, which knows its own changes before it answers. */
  readonly book: Pick<QuotaBook, 'set' | 'inFlight'>;
}

/** Of the two kinds: where they are, and what is said of them. */
const kinds = [
  { kind: 'namespace', path: '/api/namespaces/:name/quota', Quota: NamespaceQuota, Usage: NamespaceUsage },
  { kind: 'key', path: '/api/keys/:id/quota', Quota: KeyQuota, Usage: KeyUsage },
] as const;

interface OfOne {
  readonly Params: { readonly name: string } | { readonly id: string };
}

export function quotaRoutes(app: FastifyInstance, options: QuotaRoutesOptions): void {
  for (const kind of kinds) routesOf(app, options, kind);
}

function routesOf(app: FastifyInstance, { store, book }: QuotaRoutesOptions, { kind, path, Quota, Usage }: (typeof kinds)[number]): void {
  const tags = ['quotas'];
  const config = { access: 'admin', about: 'installation' } as const;
  const Shown = Type.Object({
    quota: Type.Unsafe<Quota>({ ...Quota, minProperties: 0, description: 'Empty: there is none.' }),
    used: Usage,
  });

  app.get<OfOne>(
    path,
    { config, schema: { summary: `Show the quota of a ${kind}, and what is used`, tags, response: { 200: Shown } } },
    async ({ params }) => {
      const subject = subjectOf(params);
      const quota = await store.find(subject);
      return { quota: quota ?? {}, used: { ...(await store.usage(subject)), concurrency: book.inFlight(subject) } };
    },
  );

  app.put<OfOne & { Body: Quota }>(
    path,
    {
      config,
      schema: {
        summary: `Give a ${kind} a quota, in place of the one that it has`,
        description: 'What is in use already stays, also where it is more.',
        tags,
        body: Quota,
        response: { 200: Quota },
      },
    },
    async ({ params, body }) => {
      if (body.burst !== undefined && body.ratePerSecond === undefined)
        throw new BantamError('INVALID_REQUEST', '"burst" is of no use without "ratePerSecond"');
      const subject = subjectOf(params);
      await store.put(subject, body);
      book.set(subject, body);
      return body;
    },
  );

  app.delete<OfOne>(
    path,
    { config, schema: { summary: `Take the quota of a ${kind} away`, tags, response: { 204: Type.Null() } } },
    async ({ params }, reply) => {
      const subject = subjectOf(params);
      await store.remove(subject);
      book.set(subject, undefined);
      return reply.code(204).send();
    },
  );
}

/** @throws BantamError INVALID_NAME */
function subjectOf(params: OfOne['Params']): QuotaSubject {
  return 'id' in params ? { kind: 'key', id: params.id } : { kind: 'namespace', id: parseNamespace(params.name) };
}
