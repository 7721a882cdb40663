/** Cross-origin calls of functions whose configuration speaks of them: preflights are answered here, and need no key; other answers get their headers. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { CorsConfig } from '../../contracts/cors.ts';
import type { Route } from '../../registry/port.ts';
import { corsHeaders, preflightHeaders } from '../cors/policy.ts';
import { prepend } from './route-hooks.ts';

export interface CorsOptions {
  /** See AuthOptions. */
  readonly routeOf: (reference: string) => Route | undefined | Promise<Route | undefined>;
}

async function cors(app: FastifyInstance, { routeOf }: CorsOptions): Promise<void> {
  const answer = async (request: FastifyRequest, reply: FastifyReply, origin: string): Promise<void> => {
    const { reference } = request.params as { readonly reference: string };
    const config = configOf(await routeOf(reference));
    if (config === undefined) return;
    for (const [name, value] of corsHeaders(config, origin)) reply.header(name, value);
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return;
    for (const [name, value] of preflightHeaders(config)) reply.header(name, value);
    await reply.code(204).send();
  };

  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/fn/')) return;
    prepend(route, (request, reply, done) => {
      const { origin } = request.headers;
      if (origin !== undefined) return answer(request, reply, origin);
      done();
      return undefined;
    });
  });
}

/** Of the newest version that gets calls: a preflight is not yet the call of one. */
function configOf(route: Route | undefined): CorsConfig | undefined {
  return route?.shares.find(({ weight }) => weight > 0)?.version.config.cors;
}

export default fp(cors, { name: 'cors' });
