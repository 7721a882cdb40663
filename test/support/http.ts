/** HTTP requests exactly as a test says: no content type of its own making, no rewritten path, bodies whole or in chunks. */
import { Agent, type IncomingHttpHeaders, request as startRequest } from 'node:http';
import { connect } from 'node:net';

/** With the content type of curl -d and of most clients. */
export const jsonType = { 'content-type': 'application/json' };
export const formType = { 'content-type': 'application/x-www-form-urlencoded' };

export interface HttpRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** An array is sent chunk by chunk, without a Content-Length. */
  readonly body?: Uint8Array | string | readonly Uint8Array[];
  readonly agent?: Agent;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** The body as JSON, undefined when it is empty or says that it is something else. */
  readonly json: unknown;
}

/**
 * @param base `http://host:port`
 * @param path sent as it is
 * @throws Error when the connection ends without a whole answer
 */
export function send(base: string, path: string, { body, headers, ...options }: HttpRequest = {}): Promise<HttpAnswer> {
  const { hostname, port } = new URL(base);
  // Node says it by itself for some methods only.
  const length = body === undefined || Array.isArray(body) ? {} : { 'content-length': Buffer.byteLength(body as Uint8Array | string) };
  return new Promise((resolve, reject) => {
    const request = startRequest({ hostname, port, path, headers: { ...length, ...headers }, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        resolve(httpAnswer(response.statusCode ?? 0, response.headers, Buffer.concat(chunks)));
      });
    });
    // Without effect when the answer is there already: a server may answer before it has read everything.
    request.once('error', reject);
    if (Array.isArray(body)) {
      for (const chunk of body) request.write(chunk);
      request.end();
    } else request.end(body);
  });
}

/** An answer by whatever way it came. @param headers by lower-case name */
export function httpAnswer(status: number, headers: IncomingHttpHeaders, bytes: Buffer): HttpAnswer {
  const text = bytes.toString();
  const isJson = /^application\/(problem\+)?json/.test(headers['content-type'] ?? '') && text !== '';
  return { status, headers, bytes, text, json: isJson ? (JSON.parse(text) as unknown) : undefined };
}

/** Writes to a fresh connection and reads until the server closes it or `enough` of what came. @returns what came, as text */
export function sendRaw(base: string, text: string, enough: (received: string) => boolean = () => false): Promise<string> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (enough(received)) socket.end();
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(received));
  });
}

/** One connection, kept open, one request at a time. */
export function oneConnection(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 1 });
}
