/** From what became of a call to the result of an invocation. Pure. */
import { BantamError, toProblem } from '../../../contracts/errors.ts';
import type { Failure } from '../../../contracts/invocation.ts';
import type { ModuleKind } from '../../../contracts/kinds.ts';
import { directResult, jsonAnswer } from '../direct.ts';
import type { Outcome } from '../function.ts';

/** An HTTP answer in payload format 2.0. */
export interface HttpResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** A guest that failed, to whom did not call over HTTP: Lambda shows `name` as errorType, `message` as errorMessage. */
export class InvocationError extends Error {
  constructor({ code, detail, extra }: Failure) {
    const { help } = toProblem(new BantamError(code, detail, extra));
    super(`${detail}. ${help}`);
    this.name = code;
  }
}

export function httpResult(outcome: Outcome): HttpResult {
  if (!outcome.ok) {
    const problem = toProblem(new BantamError(outcome.code, outcome.detail, outcome.extra));
    const headers = { 'content-type': 'application/problem+json' };
    return { statusCode: problem.status, headers, body: JSON.stringify(problem), isBase64Encoded: false };
  }
  const { 'set-cookie': cookies, ...headers } = jsonAnswer(outcome).headers;
  return {
    ...jsonAnswer(outcome),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')])),
    ...(cookies !== undefined && { cookies: [cookies].flat() }),
  };
}

/** @throws InvocationError */
export function invocationResult(kind: ModuleKind, outcome: Outcome): unknown {
  if (!outcome.ok) throw new InvocationError(outcome);
  return directResult(kind, outcome);
}
