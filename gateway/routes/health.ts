/** Liveness, readiness, metrics, and what this installation is made of. */
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

/** What a role says of itself; `detail` is shown when it is not ready. */
export interface Readiness {
  readonly ready: boolean;
  readonly detail?: string;
}

export interface HealthOptions {
  /** By role: database, queue, executors. State that is at hand; no probe on the way of a health check. */
  readonly readiness: () => Readonly<Record<string, Readiness>>;
  readonly metrics: Registry;
  /** Whether /metrics needs no key. */
  readonly openMetrics: boolean;
}

export function healthRoutes(app: FastifyInstance, { readiness, metrics, openMetrics }: HealthOptions): void {
  app.get('/healthz', { config: { access: 'open' }, schema: { summary: 'Whether the process is alive', tags: ['operation'] } }, () => ({
    status: 'ok',
  }));
  app.get(
    '/readyz',
    { config: { access: 'open' }, schema: { summary: 'Whether every role is ready; 503 with the one that is not', tags: ['operation'] } },
    (_request, reply) => {
      const roles = readiness();
      const ready = Object.values(roles).every((role) => role.ready);
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', roles });
    },
  );
  app.get(
    '/metrics',
    {
      config: { access: openMetrics ? 'open' : 'read', about: 'installation' },
      schema: { summary: 'Metrics in the Prometheus text format', tags: ['operation'] },
    },
    async (_request, reply) => reply.header('content-type', metrics.contentType).send(await metrics.metrics()),
  );
}
