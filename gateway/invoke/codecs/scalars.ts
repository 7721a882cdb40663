/** Exports called with scalars: core modules and reactors. Pure. */
import { encodeCall } from '../../../contracts/call.ts';
import type { ScalarType } from '../../../contracts/kinds.ts';
import { decodeArguments } from '../arguments.ts';
import { calledExport } from '../called-export.ts';
import type { Codec } from './codec.ts';

export const encodeScalars: Codec = (version, request) => {
  const signature = calledExport(version, request.rest);
  const values = decodeArguments(signature, request);
  return encodeCall(
    signature.name,
    signature.params.map(({ type }) => type as ScalarType),
    values,
  );
};
