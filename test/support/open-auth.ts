/** For routes built by themselves: no key is asked for. */
import type { FastifyInstance } from 'fastify';
import { openGate } from '../../gateway/auth/gate.ts';
import auth from '../../gateway/plugins/auth.ts';

export async function registerOpenAuth(app: FastifyInstance): Promise<void> {
  await app.register(auth, { gate: openGate, routeOf: () => undefined });
}
