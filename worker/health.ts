/** A worker's own small HTTP server: liveness, readiness, metrics. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { Registry } from 'prom-client';
import { StartupError } from '../shared/startup-error.ts';

export interface WorkerHealth {
  /** By role: queue, executors, worker. */
  readonly readiness: () => Readonly<Record<string, { readonly ready: boolean; readonly detail?: string }>>;
  readonly metrics: Registry;
}

/** @throws StartupError when the port cannot be had */
export async function serveHealth(host: string, port: number, { readiness, metrics }: WorkerHealth): Promise<Server> {
  const server = createServer((request, response) => {
    const json = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const path = request.url?.split('?')[0];
    if (path === '/healthz') json(200, { status: 'ok' });
    else if (path === '/readyz') {
      const roles = readiness();
      const ready = Object.values(roles).every((role) => role.ready);
      json(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', roles });
    } else if (path === '/metrics') {
      metrics.metrics().then(
        (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
        (error: unknown) => json(500, { error: String(error) }),
      );
    } else json(404, { error: 'a worker serves /healthz, /readyz and /metrics; functions are called at the gateway' });
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new StartupError(
      `the worker's port ${port} on ${host} cannot be opened (${(error as NodeJS.ErrnoException).code}): set BANTAM_WORKER_PORT`,
      { cause: error },
    );
  }
  return server;
}
