/** What a destination gets: the guest's answer, or the problem that stood in its way. Pure. */
import { errorCatalogue } from '../../contracts/error-catalogue.ts';
import { BantamError, type ErrorCode, toProblem } from '../../contracts/errors.ts';
import type { TakenDelivery } from '../../registry/deliveries.ts';

export interface Message {
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The last three headers are OpenFaaS' names, so that its receivers need no change. */
export function messageOf(delivery: TakenDelivery): Message {
  const { status, contentType, body } =
    'answer' in delivery.outcome ? answerOf(delivery.outcome.answer) : problemOf(delivery, delivery.outcome.failure);
  return {
    body,
    contentType,
    headers: {
      'x-bantam-invocation-id': delivery.invocation,
      'x-bantam-function': delivery.function,
      'x-bantam-version': String(delivery.version),
      'x-bantam-outcome': delivery.success ? 'success' : 'failure',
      'x-bantam-status': String(status),
      'x-call-id': delivery.invocation,
      'x-function-name': delivery.function,
      'x-function-status': String(status),
      ...(delivery.traceparent !== undefined && { traceparent: delivery.traceparent }),
    },
  };
}

interface Content {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

type Answered = Extract<TakenDelivery['outcome'], { readonly answer: unknown }>['answer'];
type Failed = Extract<TakenDelivery['outcome'], { readonly failure: unknown }>['failure'];

function answerOf({ status, headers, body }: Answered): Content {
  const at = headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'content-type');
  return { status, contentType: at < 0 ? undefined : headers[at + 1], body };
}

function problemOf({ invocation }: TakenDelivery, { code, detail, extra }: Failed): Content {
  // Workers of a newer version may know more codes.
  const known = Object.hasOwn(errorCatalogue, code) ? (code as ErrorCode) : 'INTERNAL';
  const problem = { ...toProblem(new BantamError(known, detail, extra)), invocationId: invocation };
  return { status: problem.status, contentType: 'application/problem+json', body: Buffer.from(JSON.stringify(problem)) };
}
