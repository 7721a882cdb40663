/** Answers what never became a request: not HTTP, headers too long, too slow. Node hands over the bare connection then. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { BantamError, toProblem } from '../../contracts/errors.ts';

/** @param error of Node's 'clientError' event (node:http, class Server) */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = toProblem(new BantamError('INVALID_REQUEST', describe(error)));
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function describe({ code, message }: Error & { readonly code?: string }): string {
  if (code === 'HPE_HEADER_OVERFLOW') return 'the request line and the headers are too long';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'the request did not arrive in time';
  return `this is not HTTP: ${message}`;
}
