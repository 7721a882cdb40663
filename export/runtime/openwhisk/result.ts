/** From what became of a call to the result of an activation, which is always an object. Pure. */
import { BantamError, toProblem } from '../../../contracts/errors.ts';
import type { CheckedAnswer } from '../../../contracts/guest-answer.ts';
import type { Failure } from '../../../contracts/invocation.ts';
import type { ModuleKind } from '../../../contracts/kinds.ts';
import { bytesOf, directResult, headersOf, textOf } from '../direct.ts';
import type { Outcome } from '../function.ts';
import { isJsonType, isTextType, looksLikeBase64 } from './media-types.ts';

export type Result = Readonly<Record<string, unknown>>;

/**
 * To a web action `{statusCode, headers, body}`; a failure is the same within `error`, by which OpenWhisk knows it for one.
 * @see https://github.com/apache/openwhisk/blob/master/docs/webactions.md "Handling HTTP requests with actions" and "Error Handling"
 */
export function webResult(outcome: Outcome): Result {
  if (!outcome.ok) {
    const body = problemOf(outcome);
    return { error: { statusCode: body.status, headers: { 'content-type': 'application/problem+json' }, body } };
  }
  return { statusCode: outcome.status, headers: headersOf(outcome), body: bodyOf(outcome) };
}

/** To any other action: `directResult`, within `result` where it is no object; `{error: problem}` for a failure. */
export function plainResult(kind: ModuleKind, outcome: Outcome): Result {
  if (!outcome.ok) return { error: problemOf(outcome) };
  const result = directResult(kind, outcome);
  return typeof result === 'object' && result !== null && !Array.isArray(result) ? (result as Result) : { result };
}

function problemOf({ code, detail, extra }: Failure): ReturnType<typeof toProblem> {
  return toProblem(new BantamError(code, detail, extra));
}

/** As text where OpenWhisk takes it for text. JSON that could be base64 ("2679") is taken for that, and so has to be. */
function bodyOf(answer: CheckedAnswer): string {
  const [contentType] = answer.headers.get('content-type') ?? [];
  const bytes = bytesOf(answer);
  const text = isTextType(contentType) ? textOf(bytes) : undefined;
  return text === undefined || (isJsonType(contentType) && looksLikeBase64(text)) ? bytes.toString('base64') : text;
}
