/** From a request to the payload of an invocation: one codec per sort of payload. Pure. */
import type { FunctionVersion } from '../../../contracts/function.ts';
import type { GuestRequest } from '../../../contracts/request.ts';
import type { CallInput } from '../given.ts';

/** What a codec may look at. */
export interface CallRequest extends CallInput {
  /** What follows the function's reference in the path, decoded, without the first `/`; undefined when there is nothing. */
  readonly rest: string | undefined;
  readonly accept: string | undefined;
  /** The whole request as a guest may see it; made when a codec asks for it. */
  readonly whole: () => GuestRequest;
}

/** @throws BantamError EXPORT_NOT_FOUND, INVALID_ARGUMENTS */
export type Codec = (version: FunctionVersion, request: CallRequest) => Uint8Array;
