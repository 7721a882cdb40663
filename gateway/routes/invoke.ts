/** /fn/{name}[@version|:alias][/{export}]: an HTTP request becomes an invocation, its reply the HTTP answer. */
import { randomUUID } from 'node:crypto';
import { METHODS } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BantamError } from '../../contracts/errors.ts';
import type { FunctionVersion } from '../../contracts/function.ts';
import type { Answer, Failure, Reply } from '../../contracts/invocation.ts';
import { parseFunctionReference } from '../../contracts/names.ts';
import type { Route } from '../../registry/port.ts';
import type { FailureLog } from '../../shared/failure-log.ts';
import type { LaneSeries } from '../../shared/metrics/function-series.ts';
import type { ProcessMetrics } from '../../shared/metrics/process.ts';
import type { TraceExporter } from '../../shared/traces/exporter.ts';
import type { Dispatch } from '../invoke/dispatch.ts';
import { type CheckedAnswer, checkAnswer } from '../../contracts/guest-answer.ts';
import { type CallParams, callRequest } from '../invoke/call-request.ts';
import { traceOf } from '../invoke/call-trace.ts';
import { CallTraces } from '../invoke/call-traces.ts';
import { guestRequest } from '../invoke/guest-request.ts';
import { hangUp, sendAnswer } from '../plugins/answers.ts';
import { takeAnyBody } from '../plugins/any-type.ts';
import { sendProblem, toBantamError } from '../plugins/problems.ts';
import type { QuotaBook } from '../quotas/book.ts';
import type { QuotaHolder } from '../quotas/holder.ts';
import { pickVersion } from '../releases/pick.ts';

export interface InvokeRoutesOptions {
  readonly dispatch: Dispatch;
  readonly maxBodyBytes: number;
  readonly metrics: Pick<ProcessMetrics, 'functions' | 'phases'>;
  readonly failures: Pick<FailureLog, 'tell'>;
  /** Undefined: nobody has one. */
  readonly quotas?: Pick<QuotaBook, 'enter'> | undefined;
  /** Undefined: nobody takes traces. */
  readonly traces?: Pick<TraceExporter, 'add'> | undefined;
  /** Told of every reply, checked, with what was run and why. */
  readonly onOutcome: (route: Route, version: FunctionVersion, reply: Pick<Answer, 'ok' | 'status'> | Failure) => void;
}

/** What OpenAPI 3.1 can describe ("Path Item Object"); functions take every other method, too. */
const describedMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];

export function invokeRoutes(app: FastifyInstance, options: InvokeRoutesOptions): void {
  const { dispatch, metrics, onOutcome, failures, quotas } = options;
  takeAnyBody(app, options.maxBodyBytes);
  const traces = options.traces === undefined ? undefined : new CallTraces(app, options.traces);

  const invoke = async (request: FastifyRequest<{ Params: CallParams }>, reply: FastifyReply): Promise<FastifyReply> => {
    const arrivedMs = performance.now();
    const id = randomUUID();
    reply.header('x-bantam-invocation-id', id);
    const { route, version, series, answer } = await run(request, reply, id, arrivedMs);
    const totalUs = sinceUs(arrivedMs);
    metrics.phases.sync.ended(totalUs);
    series.ended(answer, totalUs);
    onOutcome(route, version, answer);
    if (!answer.ok) tellFailure(request, id, version, answer);
    if (route.alias !== undefined) reply.header('x-bantam-alias', route.alias);
    return send(reply, id, version, answer, totalUs);
  };

  const tellFailure = (
    request: FastifyRequest,
    invocationId: string,
    { name, version }: FunctionVersion,
    { code, detail }: Failure,
  ): void => failures.tell({ requestId: request.id, invocationId, function: name, version, code, detail });

  app.addHook<{ Params: CallParams }>('onError', (request, reply, error, done) => {
    const { code, message } = toBantamError(error);
    const invocationId = String(reply.getHeader('x-bantam-invocation-id'));
    // What is unforeseen is logged with its stack already.
    if (code !== 'INTERNAL')
      failures.tell({ requestId: request.id, invocationId, function: request.params.reference, version: undefined, code, detail: message });
    done();
  });

  const run = async (
    request: FastifyRequest<{ Params: CallParams }>,
    reply: FastifyReply,
    id: string,
    arrivedMs: number,
  ): Promise<{ route: Route; version: FunctionVersion; series: LaneSeries; answer: CheckedAnswer | Failure }> => {
    const traced = traces?.begin(request, '/fn/', id);
    const reference = parseFunctionReference(request.params.reference);
    const route = dispatch.peek(reference) ?? (await dispatch.resolve(reference));
    const version = pickVersion(route, request, Math.random);
    if (traced !== undefined) traced.version = version;
    const series = metrics.functions.of(version.name, arrivedMs).sync;
    series.started++;
    let holders: readonly QuotaHolder[] | undefined;
    try {
      holders = quotas?.enter(version.name, request.principal.key);
      const call = callRequest(request, () => guestRequest(request, traced?.trace ?? traceOf(request, id, false)));
      const answer: Reply = await dispatch.invoke(version, { ...call, id, arrivedMs }, hangUp(reply));
      const checked = answer.ok ? checkAnswer(answer, request.method) : answer;
      if (traced !== undefined) traced.reply = checked;
      return { route, version, series, answer: checked };
    } catch (error) {
      series.refused(toBantamError(error).code, sinceUs(arrivedMs));
      throw error;
    } finally {
      if (holders !== undefined) for (const holder of holders) holder.leave();
    }
  };

  const schema = {
    summary: 'Call a function',
    description:
      'Exports: arguments come from the query or a JSON body, by name or by position. Commands and wasi:http components get the whole request.',
    tags: ['invocation'],
  };
  // Node gives CONNECT to another event than 'request'.
  const others = METHODS.filter((method) => method !== 'CONNECT' && !describedMethods.includes(method));
  for (const method of others) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method, { hasBody: true });
  for (const url of ['/fn/:reference', '/fn/:reference/*']) {
    app.route({ method: describedMethods, url, config: { access: 'invoke' }, schema, handler: invoke });
    app.route({ method: others, url, config: { access: 'invoke' }, schema: { hide: true }, handler: invoke });
  }
}

function send(
  reply: FastifyReply,
  invocationId: string,
  { version }: FunctionVersion,
  answer: CheckedAnswer | Failure,
  totalUs: number,
): FastifyReply {
  reply.header('x-bantam-version', version);
  const timing = serverTiming(answer, totalUs);
  if (timing !== undefined) reply.header('server-timing', timing);
  if (!answer.ok) return sendProblem(reply, new BantamError(answer.code, answer.detail, answer.extra), { invocationId });
  reply.header('x-bantam-start', answer.start);
  return sendAnswer(reply, answer);
}

function sinceUs(beganMs: number): number {
  return (performance.now() - beganMs) * 1_000;
}

function serverTiming({ timing }: CheckedAnswer | Failure, totalUs: number): string | undefined {
  if (timing === undefined) return undefined;
  const { loadUs, runUs } = timing;
  const queueUs = Math.max(0, totalUs - loadUs - runUs);
  return `queue;dur=${toMs(queueUs)}, load;dur=${toMs(loadUs)}, run;dur=${toMs(runUs)}`;
}

function toMs(us: number): string {
  return (us / 1_000).toFixed(3);
}
