/** Who makes a request, and whether it may. Every route says what it asks for: `config.access`. */
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import fp from 'fastify-plugin';
import type { Access, Principal } from '../../contracts/access.ts';
import { BantamError } from '../../contracts/errors.ts';
import type { Route } from '../../registry/port.ts';
import { credentialOf } from '../auth/credential.ts';
import { Anyone, type Gate } from '../auth/gate.ts';
import { hasRoleFor, refusalOf } from '../auth/permit.ts';
import { subjectFinder, type SubjectOf } from '../auth/subject.ts';
import { prepend } from './route-hooks.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /** What is enough for what the key itself has made. Only with `about: 'record'`. */
    own?: Access;
    /**
     * Default: the namespace (`?namespace=`, or that of the name), and where there is one the function, that the URL names.
     * `record`: what an id leads to. The handler asks `permit` once it knows.
     */
    about?: 'installation' | 'record';
  }
  interface FastifyRequest {
    /** Not there on routes that are open. */
    principal: Principal;
  }
}

export interface AuthOptions {
  readonly gate: Gate;
  /** @returns where a call of this function goes, if there is one. @throws BantamError REGISTRY_UNAVAILABLE */
  readonly routeOf: (reference: string) => Route | undefined | Promise<Route | undefined>;
}

const challenge = 'Bearer realm="bantam"';

async function auth(app: FastifyInstance, { gate, routeOf }: AuthOptions): Promise<void> {
  app.decorateRequest('principal');
  app.addHook('onRoute', (route) => {
    const { access } = route.config ?? {};
    if (access === undefined) throw new TypeError(`${String(route.method)} ${route.url} does not say what it asks for: config.access`);
    if (access === 'open') return;
    const guard = guardOf(route, access, gate, routeOf);
    prepend(route, (request, reply, done) => {
      const open = gate.isOpen();
      if (open === true) {
        request.principal = new Anyone(request, 'admin');
        done();
        return undefined;
      }
      return guard(request, reply, open);
    });
  });
}

function guardOf(
  { url, config }: RouteOptions,
  access: Access,
  gate: Gate,
  routeOf: AuthOptions['routeOf'],
): (request: FastifyRequest, reply: FastifyReply, open: boolean | Promise<boolean>) => Promise<void> {
  const subjectOf = subjectFinder(url, config?.about);
  const own = config?.own;
  const mayBePublic = url.startsWith('/fn/');

  return async (request, reply, open) => {
    if (await open) {
      request.principal = new Anyone(request, 'admin');
      return;
    }
    const verdict = await identify(gate, request);
    const refusal = verdict instanceof BantamError ? verdict : refuse(request, verdict, access, own, subjectOf);
    if (!(verdict instanceof BantamError)) request.principal = verdict;
    if (refusal === undefined) return;
    if (mayBePublic && (await isPublic(routeOf, request))) {
      request.principal = new Anyone(request, 'invoke');
      return;
    }
    reply.header('www-authenticate', challengeOf(refusal));
    throw refusal;
  };
}

function identify(gate: Gate, request: FastifyRequest): ReturnType<Gate['identify']> {
  const token = credentialOf(request.headers);
  return token === undefined ? new BantamError('KEY_REQUIRED', `${request.method} of this address needs a key`) : gate.identify(token);
}

function refuse(
  request: FastifyRequest,
  principal: Principal,
  access: Access,
  own: Access | undefined,
  subjectOf: SubjectOf | undefined,
): BantamError | undefined {
  if (subjectOf !== undefined) return refusalOf(principal, access, subjectOf(request));
  if (hasRoleFor(principal, access) || (own !== undefined && hasRoleFor(principal, own))) return undefined;
  return refusalOf(principal, access, { namespace: principal.namespace, name: principal.functions?.[0] });
}

/** Whatever version it may get. As of when the request began: its body may take a while. */
async function isPublic(routeOf: AuthOptions['routeOf'], { params }: FastifyRequest): Promise<boolean> {
  const { reference } = params as { readonly reference: string };
  const route = await routeOf(reference);
  return route?.shares.every(({ version, weight }) => weight === 0 || version.config.public === true) === true;
}

/** RFC 6750, section 3. */
function challengeOf({ code }: BantamError): string {
  if (code === 'KEY_INVALID') return `${challenge}, error="invalid_token"`;
  return code === 'KEY_NOT_ALLOWED' ? `${challenge}, error="insufficient_scope"` : challenge;
}

export default fp(auth, { name: 'auth' });
