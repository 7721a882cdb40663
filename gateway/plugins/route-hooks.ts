/** Hooks that single routes get: others pay nothing for them, and they know their route without looking it up. */
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';

/** Calls `done`, or returns a promise: a request that needs no I/O waits for nothing. */
export type RouteHook = (request: FastifyRequest, reply: FastifyReply, done: () => void) => Promise<void> | undefined;

/** Before those that the route has already. @param route as an onRoute hook gets it */
export function prepend(route: RouteOptions, hook: RouteHook): void {
  route.onRequest = [hook, ...[route.onRequest ?? []].flat()];
}
