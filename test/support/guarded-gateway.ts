/** The entrance of a gateway on a real record of keys, in front of routes that do nothing. */
import Fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import type { FunctionConfig } from '../../contracts/function.ts';
import { AccessControl } from '../../gateway/auth/access-control.ts';
import { registerEntrance } from '../../gateway/auth/register.ts';
import problems from '../../gateway/plugins/problems.ts';
import { auditRoutes } from '../../gateway/routes/audit.ts';
import { keyRoutes } from '../../gateway/routes/keys.ts';
import { FunctionChanges } from '../../registry/changes.ts';
import { createPool } from '../../shared/postgres.ts';
import { eventually } from './eventually.ts';
import { jsonType, send } from './http.ts';
import { aRoute } from './routes.ts';

export interface GuardedGateway {
  readonly app: FastifyInstance;
  readonly access: AccessControl;
  /** JSON in, JSON out. */
  call(method: Method, url: string, key?: string, body?: object, headers?: Record<string, string>): Promise<GuardedAnswer>;
  close(): Promise<void>;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';

export interface GuardedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface GuardedOptions {
  readonly operatorKey?: string;
  readonly keepAuditMs?: number;
  /** Configuration of the function `open`; all others are private. */
  readonly config?: FunctionConfig;
}

export async function openGuarded(
  databaseUrl: string,
  { operatorKey, keepAuditMs = 86_400_000, config = {} }: GuardedOptions = {},
): Promise<GuardedGateway> {
  const pool = createPool(databaseUrl, { max: 4, applicationName: 'test', onError: () => {} });
  const access = new AccessControl({ pool, operatorKey, keepAuditMs, log: pino({ level: 'silent' }) });
  const changes = new FunctionChanges(databaseUrl, {
    onChange: () => {},
    onReset: () => access.gate.forgetAll(),
    onEvents: () => {},
    onKey: (id) => access.gate.forget(id),
    onQuota: () => {},
  });
  await eventually(() => changes.connected);
  const app = Fastify({ ajv: { customOptions: { coerceTypes: true, removeAdditional: false } } });
  await app.register(problems);
  const route = aRoute([[1, 1]]);
  const [share] = route.shares;
  const shares = share === undefined ? [] : [{ ...share, version: { ...share.version, config } }];
  await registerEntrance(app, {
    access,
    resolver: { resolve: async ({ name }) => (name === 'open' ? { ...route, shares } : name === 'private' ? route : undefined) },
  });
  keyRoutes(app, { store: access.keys, operator: access.operator, onChange: (id) => access.gate.forget(id) });
  auditRoutes(app, { store: access.audit });
  app.get('/free', { config: { access: 'open' } }, () => ({}));
  app.get('/api/things', { config: { access: 'read' } }, ({ principal }) => ({ ...principal, name: principal.name }));
  app.put('/api/functions/:name', { config: { access: 'deploy' } }, () => ({}));
  app.all('/fn/:reference', { config: { access: 'invoke' } }, ({ principal }) => ({ ...principal, name: principal.name }));
  const base = await app.listen({ host: '127.0.0.1', port: 0 });

  return {
    app,
    access,
    async call(method, url, key, body, headers) {
      const answer = await send(base, url, {
        method,
        headers: { ...headers, ...(key !== undefined && { authorization: `Bearer ${key}` }), ...(body !== undefined && jsonType) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: answer.status, headers: answer.headers, json: (answer.json ?? {}) as GuardedAnswer['json'] };
    },
    async close() {
      await app.close();
      await changes.close();
      await access.close();
      await pool.end();
    },
  };
}
