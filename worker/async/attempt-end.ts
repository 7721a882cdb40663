/** From the reply of a guest to the end of its attempt, as the record keeps it. Pure. */
import { asyncPolicyOf, destinationsOf } from '../../contracts/async.ts';
import { type CheckedAnswer, checkAnswer } from '../../contracts/guest-answer.ts';
import type { Failure, Reply } from '../../contracts/invocation.ts';
import { decodeRequest } from '../../contracts/request.ts';
import { type AttemptOutcome, judgeAttempt } from '../../queue/async/retry.ts';
import type { AttemptEnd, ClaimedAttempt, KeptAnswer } from '../../registry/invocations/port.ts';
import type { Runnable } from './versions.ts';

const noBody = new Uint8Array(0);

/** When an attempt ended, and chance. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Milliseconds since the claim. */
  readonly elapsedMs: number;
  /** From 0 to below 1. */
  readonly random: number;
}

/** @param runnable its version; undefined when that is not known */
export function endOf(claimed: ClaimedAttempt, runnable: Runnable | undefined, reply: Reply, moment: Moment): AttemptEnd {
  const { id, attempt, payload, callbackUrl } = claimed;
  const before = { ...claimed, remainingMs: claimed.remainingMs - moment.elapsedMs };
  const outcome = outcomeOf(reply, runnable?.takesRequests === true ? decodeRequest(payload).method : 'POST');
  const judged: AttemptOutcome = 'answer' in outcome ? { ok: true, ...outcome.answer } : { ok: false, code: outcome.failure.code };
  const verdict = judgeAttempt(before, judged, asyncPolicyOf(runnable?.async), moment.random, moment.nowMs);
  const destinations = verdict.status === 'queued' ? [] : destinationsOf(runnable?.async, callbackUrl, verdict.status);
  return { id, attempt, from: 'running', verdict, outcome, destinations };
}

type Outcome = { readonly answer: KeptAnswer } | { readonly failure: Pick<Failure, 'code' | 'detail' | 'extra'> };

/** @param method of the request that the guest answered */
function outcomeOf(reply: Reply, method: string): Outcome {
  const checked = reply.ok ? checkAnswer(reply, method) : reply;
  if (checked.ok) return { answer: kept(checked) };
  const { code, detail, extra } = checked;
  return { failure: { code, detail, extra } };
}

function kept({ status, headers, body }: CheckedAnswer): KeptAnswer {
  const lines = [...headers].flatMap(([name, values]) => values.flatMap((value) => [name, value]));
  return { status, headers: lines, body: body ?? noBody };
}
