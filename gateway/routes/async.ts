/** POST /async/{name}[@version|:alias][/{export}]: an HTTP request becomes an invocation that nobody waits for. */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { BantamError } from '../../contracts/errors.ts';
import type { FunctionVersion } from '../../contracts/function.ts';
import { payloadOf } from '../../contracts/kinds.ts';
import { limits } from '../../contracts/limits.ts';
import { parseFunctionReference } from '../../contracts/names.ts';
import type { GuestRequest } from '../../contracts/request.ts';
import type { TraceExporter } from '../../shared/traces/exporter.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import type { Acceptor } from '../async/accept.ts';
import { parseDuration } from '../async/duration.ts';
import { type CallParams, callRequest } from '../invoke/call-request.ts';
import { type CallTrace, traceOf } from '../invoke/call-trace.ts';
import { CallTraces } from '../invoke/call-traces.ts';
import type { CallRequest } from '../invoke/codecs/codec.ts';
import type { Dispatch } from '../invoke/dispatch.ts';
import { guestRequest } from '../invoke/guest-request.ts';
import { takeAnyBody } from '../plugins/any-type.ts';
import { pickVersion } from '../releases/pick.ts';

export interface AsyncRoutesOptions {
  readonly dispatch: Pick<Dispatch, 'peek' | 'resolve'>;
  readonly acceptor: Pick<Acceptor, 'accept'>;
  readonly maxBodyBytes: number;
  /** @returns what speaks against a callback to this URL */
  readonly allowCallback: (url: string) => BantamError | undefined;
  /** Undefined: nobody takes traces. */
  readonly traces?: Pick<TraceExporter, 'add'> | undefined;
}

const Accepted = Type.Object({
  id: Type.String(),
  statusUrl: Type.String({ description: 'Path at which it is followed' }),
});

const idempotencyKey = new RegExp(`^[\\x21-\\x7e]{1,${limits.maxIdempotencyKeyBytes}}$`);

export function asyncRoutes(app: FastifyInstance, options: AsyncRoutesOptions): void {
  const { dispatch, acceptor, maxBodyBytes, allowCallback } = options;
  takeAnyBody(app, maxBodyBytes);
  const traces = options.traces === undefined ? undefined : new CallTraces(app, options.traces);

  const accept = async (request: FastifyRequest<{ Params: CallParams }>, reply: FastifyReply): Promise<FastifyReply> => {
    const ownId = uuidv7();
    const traced = traces?.begin(request, '/async/', ownId);
    const trace = traced?.trace ?? traceOf(request, ownId, false);
    const reference = parseFunctionReference(request.params.reference);
    const route = dispatch.peek(reference) ?? (await dispatch.resolve(reference));
    const version = pickVersion(route, request, Math.random);
    if (traced !== undefined) traced.version = version;
    const call = callRequest(request, () => asSynchronous(guestRequest(request, trace)));
    const { headers } = request;
    const delay = textOf(headers['x-bantam-delay']);
    const callbackUrl = textOf(headers['x-callback-url']);
    const refusal = callbackUrl === undefined ? undefined : allowCallback(callbackUrl);
    if (refusal !== undefined) throw refusal;
    const { id, created } = await acceptor.accept({
      id: ownId,
      version,
      request: call,
      delayMs: delay === undefined ? undefined : parseDuration('x-bantam-delay', delay, limits.maxDelayMs),
      callbackUrl,
      caller: request.principal.key,
      ...(belongs(trace, version) && { traceparent: trace.traceparent }),
      idempotency: idempotencyOf(textOf(headers['idempotency-key']), request.params.reference, call),
    });
    const statusUrl = `/api/invocations/${id}`;
    if (route.alias !== undefined) reply.header('x-bantam-alias', route.alias);
    // One that was accepted before has the version of then.
    if (created) reply.header('x-bantam-version', version.version);
    return reply.code(202).header('x-bantam-invocation-id', id).header('location', statusUrl).send({ id, statusUrl });
  };

  const schema = {
    summary: 'Call a function asynchronously',
    description:
      'Takes what a synchronous POST takes. Idempotency-Key: the same key and request are the same invocation. x-bantam-delay: when to start (30s, 5m, 1h30m). X-Callback-Url: told of the end.',
    tags: ['asynchronous invocation'],
    response: { 202: Accepted },
  };
  for (const url of ['/async/:reference', '/async/:reference/*'])
    app.post<{ Params: CallParams }>(url, { config: { access: 'invoke' }, schema }, accept);
}

/** Whether it is part of a trace that anybody knows of: the caller, whoever takes traces, or the guest. */
function belongs({ recorded, parentSpanId }: CallTrace, { kind }: FunctionVersion): boolean {
  return recorded || parentSpanId !== undefined || payloadOf[kind] === 'request';
}

/** Guests find themselves where a synchronous call finds them. */
function asSynchronous(request: GuestRequest): GuestRequest {
  return { ...request, scriptName: request.scriptName.replace('/async/', '/fn/') };
}

/** @throws BantamError INVALID_REQUEST */
function idempotencyOf(
  key: string | undefined,
  reference: string,
  { rest, query, contentType, body }: CallRequest,
): { key: string; fingerprint: Uint8Array } | undefined {
  if (key === undefined) return undefined;
  if (!idempotencyKey.test(key))
    throw new BantamError('INVALID_REQUEST', `Idempotency-Key has 1 to ${limits.maxIdempotencyKeyBytes} visible ASCII characters`);
  const hash = createHash('sha256').update(JSON.stringify([reference, rest, query, contentType]));
  if (body !== undefined) hash.update(body);
  return { key, fingerprint: hash.digest() };
}

/** Node joins fields that come more than once. */
function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
