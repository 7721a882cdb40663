/** Resources of wasi:http/types that carry what came in: requests, responses, their bodies. All of it is there before the guest looks. */
import type { GuestRequest } from '../../../../contracts/request.ts';
import type { Result } from '../result.ts';
import { BytesSource, InputStream } from '../streams.ts';
import type { HttpErrorCode } from './error-code.ts';
import { Fields } from './fields.ts';

/** Resource `incoming-request`. */
export class IncomingRequest {
  readonly request: GuestRequest;
  #headers: Fields | undefined;
  consumed = false;

  constructor(request: GuestRequest) {
    this.request = request;
  }

  /** Built when they are asked for: many guests never do. */
  get headers(): Fields {
    this.#headers ??= Fields.ofRequest(this.request.headers);
    return this.#headers;
  }

  get body(): Uint8Array {
    return this.request.body;
  }
}

/** Resource `incoming-response`. */
export class IncomingResponse {
  readonly status: number;
  readonly headers: Fields;
  readonly body: Uint8Array;
  consumed = false;

  constructor(status: number, headers: Fields, body: Uint8Array) {
    headers.immutable = true;
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** Resource `future-incoming-response`. */
export class FutureIncomingResponse {
  readonly response: Result<IncomingResponse, HttpErrorCode>;
  taken = false;

  constructor(response: Result<IncomingResponse, HttpErrorCode>) {
    this.response = response;
  }
}

/** Resource `incoming-body`. */
export class IncomingBody {
  readonly #bytes: Uint8Array;
  #stream: InputStream | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @returns undefined after the first time */
  open(): InputStream | undefined {
    if (this.#stream !== undefined) return undefined;
    this.#stream = new InputStream(new BytesSource(this.#bytes));
    return this.#stream;
  }

  /** Whether the guest still holds its stream. */
  get isOpen(): boolean {
    return this.#stream?.dropped === false;
  }
}

/** Resource `future-trailers`: there are none. */
export class FutureTrailers {
  taken = false;
}
