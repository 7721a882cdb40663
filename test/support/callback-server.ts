/** A real https server that callbacks go to: answers as it is told, and keeps what it got. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'fixtures', 'tls');
/** For localhost, hooks.example.com and 127.0.0.1; to be trusted by whoever calls. */
export const certificatePath = join(folder, 'localhost-cert.pem');
export const certificate = readFileSync(certificatePath, 'utf8');

export interface ReceivedCallback {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface CallbackServer {
  readonly port: number;
  readonly received: readonly ReceivedCallback[];
  /** Connections there were, whatever came of them. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** @param answer the n-th request, from 0; default: 204 for all. @param port default: any free one of 127.0.0.1 */
export async function startCallbackServer(
  answer: (response: ServerResponse, n: number, callback: ReceivedCallback) => void = (response) => response.writeHead(204).end(),
  port = 0,
): Promise<CallbackServer> {
  const received: ReceivedCallback[] = [];
  let connections = 0;
  const server = createServer({ cert: certificate, key: readFileSync(join(folder, 'localhost-key.pem')) }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const callback = { method, path, headers, body: Buffer.concat(chunks) };
      received.push(callback);
      answer(response, received.length - 1, callback);
    });
  });
  server.on('connection', () => (connections += 1));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    received,
    connections: () => connections,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
