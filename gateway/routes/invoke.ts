/** /fn/{name}[@version|:alias][/{export}]: an HTTP request becomes an invocation, its reply the HTTP answer. */
import { randomUUID } from 'node:crypto';
import { METHODS } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BantamError } from '../../contracts/errors.ts';
import type { FunctionVersion } from '../../contracts/function.ts';
import type { Answer, Failure, Reply } from '../../contracts/invocation.ts';
import { parseFunctionReference } from '../../contracts/names.ts';
import type { Route } from '../../registry/port.ts';
import type { Dispatch } from '../invoke/dispatch.ts';
import { type CheckedAnswer, checkAnswer } from '../../contracts/guest-answer.ts';
import { type CallParams, callRequest } from '../invoke/call-request.ts';
import { guestRequest } from '../invoke/guest-request.ts';
import { hangUp, sendAnswer } from '../plugins/answers.ts';
import { takeAnyBody } from '../plugins/any-type.ts';
import { sendProblem } from '../plugins/problems.ts';
import { pickVersion } from '../releases/pick.ts';

export interface InvokeRoutesOptions {
  readonly dispatch: Dispatch;
  readonly maxBodyBytes: number;
  /** Told of every reply, checked; `totalUs` from the arrival of the request to the reply. */
  readonly onReply: (reply: Pick<Answer, 'ok' | 'start' | 'timing'> | Failure, totalUs: number) => void;
  /** Told of the same, with what was run and why. */
  readonly onOutcome: (route: Route, version: FunctionVersion, reply: Pick<Answer, 'ok' | 'status'> | Failure) => void;
}

/** What OpenAPI 3.1 can describe ("Path Item Object"); functions take every other method, too. */
const describedMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];

export function invokeRoutes(app: FastifyInstance, options: InvokeRoutesOptions): void {
  const { dispatch, onReply, onOutcome } = options;
  takeAnyBody(app, options.maxBodyBytes);

  const invoke = async (request: FastifyRequest<{ Params: CallParams }>, reply: FastifyReply): Promise<FastifyReply> => {
    const arrivedMs = performance.now();
    const id = randomUUID();
    reply.header('x-bantam-invocation-id', id);
    const { route, version, answer } = await run(request, reply, id);
    const totalUs = (performance.now() - arrivedMs) * 1_000;
    onReply(answer, totalUs);
    onOutcome(route, version, answer);
    if (route.alias !== undefined) reply.header('x-bantam-alias', route.alias);
    return send(reply, id, version, answer, totalUs);
  };

  const run = async (
    request: FastifyRequest<{ Params: CallParams }>,
    reply: FastifyReply,
    id: string,
  ): Promise<{ route: Route; version: FunctionVersion; answer: CheckedAnswer | Failure }> => {
    const reference = parseFunctionReference(request.params.reference);
    const route = dispatch.peek(reference) ?? (await dispatch.resolve(reference));
    const version = pickVersion(route, request, Math.random);
    const call = callRequest(request, () => guestRequest(request));
    const answer: Reply = await dispatch.invoke(version, { ...call, id }, hangUp(reply));
    return { route, version, answer: answer.ok ? checkAnswer(answer, request.method) : answer };
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
    app.route({ method: describedMethods, url, schema, handler: invoke });
    app.route({ method: others, url, schema: { hide: true }, handler: invoke });
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

function serverTiming({ timing }: CheckedAnswer | Failure, totalUs: number): string | undefined {
  if (timing === undefined) return undefined;
  const { loadUs, runUs } = timing;
  const queueUs = Math.max(0, totalUs - loadUs - runUs);
  return `queue;dur=${toMs(queueUs)}, load;dur=${toMs(loadUs)}, run;dur=${toMs(runUs)}`;
}

function toMs(us: number): string {
  return (us / 1_000).toFixed(3);
}
