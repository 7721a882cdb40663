/** The workers that take asynchronous invocations, as they have registered themselves. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { WorkerStore } from '../../registry/invocations/port.ts';

export interface WorkerRoutesOptions {
  readonly workers: Pick<WorkerStore, 'list'>;
}

const WorkerList = Type.Object({
  workers: Type.Array(
    Type.Object({
      id: Type.String({ description: 'Of the running process: a worker that starts anew has a new one.' }),
      host: Type.String(),
      startedAt: Type.String({ format: 'date-time' }),
    }),
  ),
});

export function workerRoutes(app: FastifyInstance, { workers }: WorkerRoutesOptions): void {
  app.get(
    '/api/workers',
    {
      config: { access: 'read', about: 'installation' },
      schema: { summary: 'List the workers, the longest-serving first', tags: ['operation'], response: { 200: WorkerList } },
    },
    async () => ({ workers: await workers.list() }),
  );
}
