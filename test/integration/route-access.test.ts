/** What every route asks for, and that each role gets to those that are for it and to no others. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { type Access, accesses, type Role, roles } from '../../contracts/access.ts';
import { BantamError } from '../../contracts/errors.ts';
import type { Gate } from '../../gateway/auth/gate.ts';
import { bareApp } from '../../docs/render-openapi.ts';

const allMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];

/** Operations by what they ask for. Whoever adds one says here, too, who may use it. */
const table: Readonly<Record<Access, readonly string[]>> = {
  open: ['GET /healthz', 'GET /readyz'],
  invoke: [
    ...['/fn/{reference}', '/fn/{reference}/{*}'].flatMap((path) => allMethods.map((method) => `${method} ${path}`)),
    'POST /async/{reference}',
    'POST /async/{reference}/{*}',
  ],
  read: [
    'GET /metrics',
    'GET /api/system',
    'GET /api/workers',
    'GET /api/events',
    'GET /api/functions',
    'GET /api/functions/{name}',
    'GET /api/functions/{name}/wit',
    'GET /api/functions/{name}/types.d.ts',
    'GET /api/functions/{name}/logs',
    'GET /api/functions/{name}/versions',
    'GET /api/functions/{name}/versions/{version}',
    'GET /api/functions/{name}/versions/{version}/module',
    'GET /api/functions/{name}/versions/{version}/assets',
    'GET /api/functions/{name}/versions/{version}/wit',
    'GET /api/functions/{name}/versions/{version}/types.d.ts',
    'GET /api/functions/{name}/aliases',
    'GET /api/functions/{name}/aliases/{alias}',
    'GET /api/functions/{name}/releases',
    'GET /api/invocations',
    'GET /api/invocations/{id}',
    'GET /api/invocations/{id}/result',
    'GET /api/dead-letters',
    'GET /api/dead-letters/{id}',
    'GET /api/schedules',
    'GET /api/schedules/{name}',
    'GET /api/secrets',
    'GET /api/secrets/{name}',
  ],
  deploy: [
    'PUT /api/functions/{name}',
    'PATCH /api/functions/{name}',
    'DELETE /api/functions/{name}',
    'DELETE /api/functions/{name}/versions/{version}',
    'PUT /api/functions/{name}/aliases/{alias}',
    'DELETE /api/functions/{name}/aliases/{alias}',
    'POST /api/functions/{name}/rollback',
    'DELETE /api/invocations/{id}',
    'DELETE /api/dead-letters',
    'DELETE /api/dead-letters/{id}',
    'POST /api/dead-letters/redrive',
    'POST /api/dead-letters/{id}/redrive',
    'PUT /api/schedules/{name}',
    'DELETE /api/schedules/{name}',
    'POST /api/schedules/{name}/run',
    'POST /api/schedules/{name}/pause',
    'POST /api/schedules/{name}/resume',
    'PUT /api/secrets/{name}',
    'DELETE /api/secrets/{name}',
  ],
  admin: [
    'POST /api/keys',
    'GET /api/keys',
    'GET /api/keys/{id}',
    'DELETE /api/keys/{id}',
    'GET /api/keys/{id}/quota',
    'PUT /api/keys/{id}/quota',
    'DELETE /api/keys/{id}/quota',
    'GET /api/audit',
    'GET /api/namespaces',
    'PUT /api/namespaces/{name}',
    'GET /api/namespaces/{name}',
    'DELETE /api/namespaces/{name}',
    'GET /api/namespaces/{name}/quota',
    'PUT /api/namespaces/{name}/quota',
    'DELETE /api/namespaces/{name}/quota',
    'POST /api/secrets/rotate',
  ],
};

const roleGrants: Readonly<Record<Role, readonly Access[]>> = {
  admin: accesses,
  deploy: ['open', 'read', 'invoke', 'deploy'],
  invoke: ['open', 'invoke'],
  read: ['open', 'read'],
};

/** For what their own key has made, invokers may use these. */
const own = new Set(['GET /api/invocations/{id}', 'GET /api/invocations/{id}/result', 'DELETE /api/invocations/{id}']);

const gate: Gate = {
  isOpen: () => false,
  identify: (token) =>
    roles.includes(token as Role)
      ? { key: token, name: token, role: token as Role, namespace: undefined, functions: undefined }
      : new BantamError('KEY_INVALID', 'no key'),
};

let app: FastifyInstance;
interface Operation {
  readonly method: string;
  readonly path: string;
  readonly access: Access;
}
let operations: readonly Operation[] = [];

before(async () => {
  app = await bareApp({ gate, auditLog: { record: () => {} } });
  await app.ready();
  const { paths = {} } = app.swagger() as unknown as { paths?: Record<string, Record<string, { 'x-bantam-access': Access }>> };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, access: operation['x-bantam-access'] })),
  );
});
after(() => app.close());

test('every operation asks for what the table says', () => {
  const found = Object.groupBy(operations, ({ access }) => access);
  for (const access of accesses)
    assert.deepEqual((found[access] ?? []).map(({ method, path }) => `${method} ${path}`).toSorted(), table[access].toSorted(), access);
});

/** @returns the code of the problem; undefined when it was let in and the handler found nothing behind it */
async function codeOf({ method, path }: Operation, key: string | undefined): Promise<string | undefined> {
  const answer = await app.inject({
    method: method as 'GET',
    url: path.replaceAll(/\{[^}]+\}/g, 'x'),
    headers: { accept: 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
  });
  if (answer.statusCode === 401) assert.match(String(answer.headers['www-authenticate']), /^Bearer realm="bantam"/);
  return method === 'HEAD' ? { 401: 'KEY_REQUIRED', 403: 'KEY_NOT_ALLOWED' }[answer.statusCode] : codeIn(answer.body);
}

function codeIn(body: string): string | undefined {
  return /"code":"(KEY_[A-Z_]+)"/.exec(body)?.[1];
}

test('without a key only what is open can be had', async () => {
  for (const operation of operations)
    assert.equal(await codeOf(operation, undefined), operation.access === 'open' ? undefined : 'KEY_REQUIRED', JSON.stringify(operation));
});

for (const role of roles) {
  test(`a key of role ${role} gets to what is for it, and is refused everything else`, async () => {
    for (const operation of operations) {
      const { method, path, access } = operation;
      const may = roleGrants[role].includes(access) || (role === 'invoke' && own.has(`${method} ${path}`));
      assert.equal(await codeOf(operation, role), may ? undefined : 'KEY_NOT_ALLOWED', JSON.stringify(operation));
    }
  });
}
