/** The payload of an invocation, whatever the kind of its module. Pure. */
import type { FunctionVersion } from '../../../contracts/function.ts';
import { payloadOf } from '../../../contracts/kinds.ts';
import type { CallRequest, Codec } from './codec.ts';
import { encodeWholeRequest } from './request.ts';
import { encodeScalars } from './scalars.ts';
import { encodeValues } from './values.ts';

const codecs: Readonly<Record<(typeof payloadOf)[keyof typeof payloadOf], Codec>> = {
  scalars: encodeScalars,
  values: encodeValues,
  request: encodeWholeRequest,
};

/** @throws BantamError EXPORT_NOT_FOUND, INVALID_ARGUMENTS */
export function encodePayload(version: FunctionVersion, request: CallRequest): Uint8Array {
  return codecs[payloadOf[version.kind]](version, request);
}
