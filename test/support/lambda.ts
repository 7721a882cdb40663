/** Lambda as far as a function sees it: the runtime API, and a function URL, which makes events of requests. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { foreignEnvironment } from './exports.ts';
import { type HttpAnswer, httpAnswer, type HttpRequest } from './http.ts';
import { Program } from './program.ts';

/** What the runtime posted for an invocation. */
export interface Ended {
  readonly kind: 'response' | 'error';
  readonly body: unknown;
  readonly errorType: string | undefined;
}

interface HttpResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** One execution environment: `bootstrap` of a bundle, and the runtime API that it speaks to. */
export class ExecutionEnvironment {
  readonly program: Program;
  readonly #server: Server;
  readonly #waiting: { event: unknown; done: (ended: Ended) => void }[] = [];
  #running: ((ended: Ended) => void) | undefined;
  #idle: ServerResponse | undefined;
  #count = 0;
  /** What was posted as the error of the initialisation. */
  initError: unknown;

  private constructor(server: Server, folder: string, env: Readonly<Record<string, string>>) {
    this.#server = server;
    server.on('request', (request, response) => void this.#answer(request, response));
    const { port } = server.address() as AddressInfo;
    const environment = { ...foreignEnvironment, ...env, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`, LAMBDA_TASK_ROOT: folder };
    this.program = new Program('', environment, { root: '/', command: [join(folder, 'bootstrap')] });
  }

  static async start(folder: string, env: Readonly<Record<string, string>> = {}): Promise<ExecutionEnvironment> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ExecutionEnvironment(server, folder, env);
  }

  async stop(): Promise<void> {
    await this.program.stop('SIGKILL');
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** @throws Error with what the runtime printed, when it ends instead */
  invoke(event: unknown): Promise<Ended> {
    return new Promise((resolve, reject) => {
      void this.program.ended().then(() => reject(new Error(`the runtime ended: ${this.program.output}`)));
      this.#waiting.push({ event, done: resolve });
      this.#give();
    });
  }

  /** As a function URL. @param path with the query */
  async request(path: string, request: HttpRequest): Promise<HttpAnswer> {
    const { kind, body } = await this.invoke(httpEvent(path, request));
    assert.equal(kind, 'response', JSON.stringify(body));
    return urlAnswer(body as HttpResult);
  }

  #give(): void {
    const next = this.#idle === undefined ? undefined : this.#waiting.shift();
    if (next === undefined) return;
    this.#running = next.done;
    const headers = {
      'lambda-runtime-aws-request-id': `request-${++this.#count}`,
      'lambda-runtime-deadline-ms': String(Date.now() + 60_000),
    };
    this.#idle?.writeHead(200, headers).end(JSON.stringify(next.event));
    this.#idle = undefined;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [, id, end = ''] = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(\w+)$/.exec(request.url ?? '') ?? [];
    if (request.url === '/2018-06-01/runtime/invocation/next') {
      this.#idle = response;
      this.#give();
      return;
    }
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (request.url === '/2018-06-01/runtime/init/error') this.initError = body;
    else {
      assert.equal(id, `request-${this.#count}`);
      assert.ok(end === 'response' || end === 'error', end);
      this.#running?.({ kind: end, body, errorType: request.headers['lambda-runtime-function-error-type']?.toString() });
    }
    response.writeHead(202).end('{"status":"OK"}');
  }
}

/** @returns the event of a request to a function URL, in payload format 2.0 */
export function httpEvent(path: string, { method = 'GET', headers = {}, body }: HttpRequest): object {
  const [route = '', query = ''] = path.split('?');
  const bytes = body === undefined ? undefined : Buffer.from(body as string);
  const isText = /^(text\/|application\/(json|xml|javascript|x-www-form-urlencoded))/.test(String(headers['content-type'] ?? ''));
  const { cookie, ...others } = headers;
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: route === '' ? '/' : route,
    rawQueryString: query,
    ...(cookie !== undefined && { cookies: [cookie].flat() }),
    headers: {
      ...Object.fromEntries(Object.entries(others).map(([name, value]) => [name, [value].flat().join(',')])),
      host: 'id.lambda-url.eu-central-1.on.aws',
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-proto': 'https',
      ...(bytes !== undefined && { 'content-length': String(bytes.length) }),
    },
    requestContext: {
      http: { method, path: route, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'r',
      stage: '$default',
    },
    ...(bytes !== undefined && { body: bytes.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: bytes !== undefined && !isText,
  };
}

function urlAnswer({ statusCode, headers, cookies, body, isBase64Encoded }: HttpResult): HttpAnswer {
  const all = { ...headers, ...(cookies !== undefined && { 'set-cookie': [...cookies] }) };
  return httpAnswer(statusCode, all, Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'));
}
