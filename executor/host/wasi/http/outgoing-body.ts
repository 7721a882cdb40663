/** Resource `outgoing-body` of wasi:http/types: written once, then finished; held to the content-length that its message declares. */
import { Output } from '../../output.ts';
import type { StopReason } from '../../stop.ts';
import { IoError } from '../io-error.ts';
import { type ByteSink, OutputStream } from '../streams.ts';
import { type HttpErrorCode, internalError } from './error-code.ts';
import type { Fields } from './fields.ts';

/** What all bodies of a call may be together (state.ts). */
export interface BodyBudget {
  readonly maxBodyBytes: number;
  /** @returns why the guest has to be stopped */
  spendBody(count: number): StopReason | undefined;
}

export class OutgoingBody implements ByteSink {
  readonly #kind: 'request' | 'response';
  readonly #declaredBytes: number | undefined;
  readonly #budget: BodyBudget;
  readonly #output: Output;
  #writtenBytes = 0;
  #stream: OutputStream | undefined;
  #problem: HttpErrorCode | undefined;

  constructor(kind: 'request' | 'response', declaredBytes: number | undefined, budget: BodyBudget) {
    this.#kind = kind;
    this.#declaredBytes = declaredBytes;
    this.#budget = budget;
    this.#output = new Output(`the body of the ${kind}`, budget.maxBodyBytes);
  }

  /** Whether the guest still holds its stream. */
  get isOpen(): boolean {
    return this.#stream?.dropped === false;
  }

  /** @returns undefined after the first time */
  open(): OutputStream | undefined {
    if (this.#stream !== undefined) return undefined;
    this.#stream = new OutputStream(this);
    return this.#stream;
  }

  write(bytes: Uint8Array): IoError | StopReason | undefined {
    this.#writtenBytes += bytes.length;
    const declared = this.#declaredBytes;
    if (declared !== undefined && this.#writtenBytes > declared) {
      return new IoError(`the body is longer than its content-length of ${declared} bytes`, { http: this.#sizeError() });
    }
    return this.#budget.spendBody(bytes.length) ?? this.#output.write(bytes);
  }

  /** @returns why it is no whole body */
  finish(trailers: Fields | undefined): HttpErrorCode | undefined {
    if (trailers !== undefined && trailers.count > 0) this.#problem = internalError('trailers are not supported');
    return this.problem;
  }

  /** "If dropped without calling `finish`, the implementation should treat the body as corrupted." */
  abandon(): void {
    this.#problem = internalError('outgoing-body was dropped without finish');
  }

  /**
   * Why it is no whole body. One that is neither finished nor dropped when the handler returns is one, as wasmtime has it
   * (crates/wasi-http, p2/body.rs): guests with garbage collection leave their handles behind.
   */
  get problem(): HttpErrorCode | undefined {
    const complete = this.#declaredBytes === undefined || this.#declaredBytes === this.#writtenBytes;
    return this.#problem ?? (complete ? undefined : this.#sizeError());
  }

  /** Once; what was written until now. */
  take(): Uint8Array {
    return this.#output.take();
  }

  #sizeError(): HttpErrorCode {
    return { tag: `HTTP-${this.#kind}-body-size`, val: BigInt(this.#writtenBytes) };
  }
}
