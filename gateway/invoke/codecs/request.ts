/** Commands and wasi:http: the guest gets the whole request. The rest of the path is the guest's, never an export. Pure. */
import { encodeRequest } from '../../../contracts/request.ts';
import type { Codec } from './codec.ts';

export const encodeWholeRequest: Codec = (_version, request) => encodeRequest(request.whole());
