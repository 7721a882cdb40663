/** Resources of wasi:http/types that a guest builds to send them: requests and responses. */
import type { Result } from '../result.ts';
import type { HttpErrorCode } from './error-code.ts';
import type { Fields } from './fields.ts';
import { type BodyBudget, OutgoingBody } from './outgoing-body.ts';

/** A variant whose case `other` carries a text. */
export interface Named {
  readonly tag: string;
  readonly val?: string;
}

/** What requests and responses have in common. */
abstract class OutgoingMessage {
  readonly headers: Fields;
  #body: OutgoingBody | undefined;

  /** @param headers stay as they are from now on */
  constructor(headers: Fields) {
    headers.immutable = true;
    this.headers = headers;
  }

  get body(): OutgoingBody | undefined {
    return this.#body;
  }

  /** @returns undefined after the first time, and when the content-length is no number */
  openBody(budget: BodyBudget): OutgoingBody | undefined {
    const declared = this.headers.declaredLength;
    if (this.#body !== undefined || declared === 'invalid') return undefined;
    this.#body = new OutgoingBody(this.kind, declared, budget);
    return this.#body;
  }

  protected abstract readonly kind: 'request' | 'response';
}

/** Resource `outgoing-response`. */
export class OutgoingResponse extends OutgoingMessage {
  protected readonly kind = 'response';
  status = 200;
}

/** Resource `response-outparam`: the place of the answer. The host gives out one per request. */
export class ResponseOutparam {
  answer: Result<OutgoingResponse, HttpErrorCode> | undefined;
}

/** Resource `outgoing-request`. */
export class OutgoingRequest extends OutgoingMessage {
  protected readonly kind = 'request';
  method: Named = { tag: 'get' };
  pathWithQuery: string | undefined;
  scheme: Named | undefined;
  authority: string | undefined;
}

/** Resource `request-options`; nanoseconds. */
export class RequestOptions {
  connectTimeout: bigint | undefined;
  firstByteTimeout: bigint | undefined;
  betweenBytesTimeout: bigint | undefined;
}
