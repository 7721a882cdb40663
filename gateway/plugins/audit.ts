/** Every control action goes to the audit log: all requests to /api but GET, HEAD and OPTIONS, also those that are refused. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Principal } from '../../contracts/access.ts';
import type { NewAuditEntry } from '../../registry/audit.ts';
import { prepend } from './route-hooks.ts';

export interface AuditOptions {
  readonly record: (entry: NewAuditEntry) => void;
}

/** nginx's: the caller closed the connection before it had its answer. */
const hungUp = 499;

async function audit(app: FastifyInstance, { record }: AuditOptions): Promise<void> {
  app.addHook('onRoute', (route) => {
    const methods = [route.method].flat();
    if (!route.url.startsWith('/api/') || methods.every((method) => ['GET', 'HEAD', 'OPTIONS'].includes(method))) return;
    prepend(route, (request, reply, done) => {
      const at = new Date();
      // Comes also when the caller hangs up.
      reply.raw.once('close', () => record(entryOf(request, reply, route.url, at)));
      done();
      return undefined;
    });
  });
}

function entryOf(request: FastifyRequest, reply: FastifyReply, url: string, at: Date): NewAuditEntry {
  const principal = request.principal as Principal | undefined;
  const target = targetOf(request, reply);
  const { namespace } = request.query as { readonly namespace?: unknown };
  return {
    at: at.toISOString(),
    ...(principal?.key !== undefined && { key: principal.key }),
    ...(principal !== undefined && { name: principal.name }),
    address: request.ip,
    action: `${request.method} ${url}`,
    ...(target !== '' && { target }),
    ...(typeof namespace === 'string' && { namespace }),
    status: reply.raw.writableFinished ? reply.statusCode : hungUp,
    requestId: request.id,
  };
}

/** What the path names; of what was made without a name, where it is now. */
function targetOf(request: FastifyRequest, reply: FastifyReply): string {
  const named = Object.values(request.params as Readonly<Record<string, string>>).join('/');
  const location = reply.getHeader('location');
  return named === '' && typeof location === 'string' ? location.slice(location.lastIndexOf('/') + 1) : named;
}

export default fp(audit, { name: 'audit' });
