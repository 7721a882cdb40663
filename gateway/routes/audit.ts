/** The audit log: who did what, newest first. */
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { AuditEntry } from '../../contracts/key.ts';
import type { AuditStore } from '../../registry/audit.ts';

export interface AuditRoutesOptions {
  readonly store: Pick<AuditStore, 'list'>;
}

const AuditList = Type.Object({
  entries: Type.Array(AuditEntry),
  next: Type.Optional(Type.String({ description: '`before` of the next page' })),
});
const Listing = Type.Object({
  key: Type.Optional(Type.String({ description: 'Only what was done with this key, by its id' })),
  action: Type.Optional(Type.String({ description: 'Only this, as entries have it: PUT /api/functions/:name' })),
  before: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,17}$', description: '`next` of the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
});

export function auditRoutes(app: FastifyInstance, { store }: AuditRoutesOptions): void {
  app.get<{ Querystring: Static<typeof Listing> }>(
    '/api/audit',
    {
      config: { access: 'admin', about: 'installation' },
      schema: {
        summary: 'List the control actions, newest first, refused ones included',
        tags: ['keys'],
        querystring: Listing,
        response: { 200: AuditList },
      },
    },
    async ({ query }) => {
      const { items, next } = await store.list({ key: query.key, action: query.action }, query.limit ?? 100, query.before);
      return { entries: items, next };
    },
  );
}
