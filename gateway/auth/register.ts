/** What every request passes before its route: who it is, whether it may, what is told of it. */
import type { FastifyInstance } from 'fastify';
import { BantamError } from '../../contracts/errors.ts';
import { parseFunctionReference } from '../../contracts/names.ts';
import type { Route } from '../../registry/port.ts';
import type { Resolver } from '../invoke/resolver.ts';
import audit from '../plugins/audit.ts';
import auth from '../plugins/auth.ts';
import cors from '../plugins/cors.ts';
import type { AccessControl } from './access-control.ts';

export interface EntranceOptions {
  readonly access: Pick<AccessControl, 'gate' | 'auditLog'>;
  readonly resolver: Pick<Resolver, 'resolve'>;
}

/** Before any route. Each hook of the later plugins comes before those of the earlier ones: what is refused is told of, and a preflight needs no key. */
export async function registerEntrance(app: FastifyInstance, { access, resolver }: EntranceOptions): Promise<void> {
  const routeOf = async (text: string): Promise<Route | undefined> => {
    try {
      return await resolver.resolve(parseFunctionReference(text));
    } catch (error) {
      // Its caller is told by the route, if it is let in.
      if (error instanceof BantamError && error.code === 'INVALID_NAME') return undefined;
      throw error;
    }
  };
  await app.register(auth, { gate: access.gate, routeOf });
  await app.register(cors, { routeOf });
  await app.register(audit, { record: (entry) => access.auditLog.record(entry) });
}
