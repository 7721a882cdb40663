/** What a guest may build of HTTP, and where its requests go. One per instance; imports nothing that knows a World. */
import { limits } from '../../../../contracts/limits.ts';
import type { StopReason } from '../../stop.ts';
import type { BodyBudget } from './outgoing-body.ts';
import { noOutbound, type Outbound } from './outbound.ts';

/** Most that a call builds of header fields and of the texts of requests; what it dropped counts too. */
export const maxHeadBytes = 4_194_304;

export class HttpState implements BodyBudget {
  readonly maxBodyBytes: number;
  #headBytes = 0;
  #bodyBytes = 0;
  outbound: Outbound = noOutbound;

  /** @param maxBodyBytes of all the bodies that a call writes */
  constructor(maxBodyBytes: number = limits.maxAnswerBytes) {
    this.maxBodyBytes = maxBodyBytes;
  }

  /** Before each call. */
  begin(): void {
    this.#headBytes = 0;
    this.#bodyBytes = 0;
  }

  /** @returns why the guest has to be stopped, when it built more than it may */
  spendHead(count: number): StopReason | undefined {
    this.#headBytes += count;
    return this.#headBytes > maxHeadBytes ? exceeded('the header fields of a call are', maxHeadBytes) : undefined;
  }

  /** @returns why the guest has to be stopped, when all its bodies together are larger than an answer may be */
  spendBody(count: number): StopReason | undefined {
    this.#bodyBytes += count;
    return this.#bodyBytes > this.maxBodyBytes ? exceeded('the response body is', this.maxBodyBytes) : undefined;
  }
}

function exceeded(what: string, limit: number): StopReason {
  return { kind: 'fault', code: 'GUEST_OUTPUT_EXCEEDED', detail: `${what} limited to ${limit} bytes; the guest wrote more` };
}
