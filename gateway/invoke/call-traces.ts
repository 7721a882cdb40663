/** Makes the spans of requests that are calls, once they are answered. There only where traces are taken. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BantamError } from '../../contracts/errors.ts';
import type { Answer, Failure } from '../../contracts/invocation.ts';
import type { TraceExporter } from '../../shared/traces/exporter.ts';
import type { Attributes } from '../../shared/traces/spans.ts';
import { type CallTrace, traceOf } from './call-trace.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** There when its spans are to be made. */
    traced: TracedRequest | undefined;
  }
}

/** A request under way, and what becomes known of it. */
export interface TracedRequest {
  readonly trace: CallTrace;
  readonly invocationId: string;
  /** Path of the route, up to the function. */
  readonly route: '/fn/' | '/async/';
  version?: { readonly name: string; readonly version: number };
  reply?: Pick<Answer, 'ok' | 'start' | 'timing'> | Failure;
  /** Why it was refused. */
  code?: string;
}

export class CallTraces {
  readonly #exporter: Pick<TraceExporter, 'add'>;

  /** @param app whose calls are traced; before its routes are made */
  constructor(app: FastifyInstance, exporter: Pick<TraceExporter, 'add'>) {
    this.#exporter = exporter;
    app.decorateRequest('traced', undefined);
    app.addHook('onError', (request, _reply, error, done) => {
      const { traced } = request;
      if (traced !== undefined) traced.code = error instanceof BantamError ? error.code : 'INTERNAL';
      done();
    });
    app.addHook('onResponse', (request, reply, done) => {
      const { traced } = request;
      if (traced !== undefined) this.#ended(request, traced, reply.statusCode, reply.elapsedTime * 1_000);
      done();
    });
  }

  begin(request: FastifyRequest, route: TracedRequest['route'], invocationId: string): TracedRequest {
    const traced = { trace: traceOf(request, invocationId, true), invocationId, route };
    if (traced.trace.recorded) request.traced = traced;
    return traced;
  }

  #ended({ method, url }: FastifyRequest, traced: TracedRequest, status: number, totalUs: number): void {
    const { trace, invocationId, route, version, reply } = traced;
    const code = reply?.ok === false ? reply.code : traced.code;
    const attributes: Attributes = {
      'http.request.method': method,
      'url.path': url.split('?')[0] ?? url,
      'http.response.status_code': status,
      'faas.invocation_id': invocationId,
      ...(version !== undefined && { 'faas.name': version.name, 'faas.version': String(version.version) }),
      ...(reply?.ok === true && { 'faas.coldstart': reply.start === 'cold', 'bantam.start': reply.start }),
      ...(code !== undefined && { 'error.type': code }),
    };
    this.#exporter.add({
      traceId: trace.traceId,
      // What the guest was told is the span of its run; of a call that goes on later, the span of its acceptance.
      ...(route === '/fn/' ? { spanId: firstHalf(invocationId), runSpanId: trace.spanId } : { spanId: trace.spanId, runSpanId: undefined }),
      parentSpanId: trace.parentSpanId,
      name: `${method} ${route}${version?.name ?? ':reference'}`,
      kind: 'server',
      endUs: Date.now() * 1_000,
      totalUs,
      timing: reply?.timing,
      attributes,
      error: status >= 500 ? (code ?? String(status)) : undefined,
    });
  }
}

/** As random as the other half, which is the id of another span. @param id UUID */
function firstHalf(id: string): string {
  return id.replaceAll('-', '').slice(0, 16);
}
