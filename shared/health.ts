/** A small HTTP server of a process for the inside of its network: liveness, readiness, metrics. It asks for no key and has no TLS. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { Registry } from 'prom-client';
import { StartupError } from './startup-error.ts';

export interface HealthAddress {
  readonly host: string;
  readonly port: number;
  /** That has the port. */
  readonly setting: string;
}

export interface ProcessHealth {
  /** By role; `detail` is shown when it is not ready. */
  readonly readiness: () => Readonly<Record<string, { readonly ready: boolean; readonly detail?: string }>>;
  readonly metrics: Registry;
}

/**
 * @param where host, port, and the setting that names the port
 * @throws StartupError when the port cannot be had
 */
export async function serveHealth(where: HealthAddress, { readiness, metrics }: ProcessHealth): Promise<Server> {
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
    } else json(404, { error: 'this port serves /healthz, /readyz and /metrics; functions are called at the port of a gateway' });
  });
  server.listen(where.port, where.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new StartupError(
      `port ${where.port} on ${where.host} cannot be opened (${(error as NodeJS.ErrnoException).code}): set ${where.setting}`,
      { cause: error },
    );
  }
  return server;
}
