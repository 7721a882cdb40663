/** An HTTP request as guests get it, where a test names only what it is about. */
import type { GuestRequest } from '../../contracts/request.ts';

export function guestRequest(parts: Partial<GuestRequest>): GuestRequest {
  return {
    method: 'GET',
    scheme: 'http',
    authority: 'localhost',
    scriptName: '/fn/f',
    pathInfo: '',
    query: '',
    remoteAddress: '127.0.0.1',
    httpVersion: '1.1',
    headers: [],
    body: new Uint8Array(0),
    ...parts,
  };
}
