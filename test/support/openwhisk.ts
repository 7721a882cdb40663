/** OpenWhisk as far as an action sees it: the invoker, which speaks to its container, and the controller, which makes activations of requests. */
import assert from 'node:assert/strict';
import { eventually } from './eventually.ts';
import { foreignEnvironment, foreignNode } from './exports.ts';
import { freePort } from './free-port.ts';
import { type HttpAnswer, httpAnswer, type HttpRequest, jsonType, send } from './http.ts';
import { Program } from './program.ts';

/** What WebActions.scala of OpenWhisk's controller takes for text, by the types of akka-http. */
const textTypes = /^(text\/|application\/(javascript|xml|x-www-form-urlencoded))/;
const jsonTypes = /^application\/(json|problem\+json)/;
/** Exec.isBase64Pattern. */
const base64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/;

export interface WebResult {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: unknown;
  readonly error?: WebResult;
}

/** The container of an action. */
export class Container {
  readonly program: Program;
  readonly #url: string;

  private constructor(program: Program, url: string) {
    this.program = program;
    this.#url = url;
  }

  /** @param env what /init gives. @param flags of node */
  static async start(folder: string, env: Readonly<Record<string, string>> = {}, ...flags: readonly string[]): Promise<Container> {
    const port = await freePort();
    const program = new Program(
      '',
      { ...foreignEnvironment, PORT: String(port) },
      { root: folder, command: [foreignNode, ...flags, 'server.mjs'] },
    );
    const container = new Container(program, `http://127.0.0.1:${port}`);
    const value = { name: 'action', main: 'main', code: '', binary: false, env };
    const answer = await eventually(() => container.post('/init', { value }), { timeoutMs: 15_000 });
    assert.deepEqual([answer.status, answer.json], [200, { OK: true }]);
    return container;
  }

  post(path: string, body: unknown): Promise<HttpAnswer> {
    return send(this.#url, path, { method: 'POST', headers: jsonType, body: JSON.stringify(body) });
  }

  /** @returns the result of an activation */
  async run(value: unknown): Promise<unknown> {
    const answer = await this.post('/run', {
      value,
      action_name: '/guest/action',
      activation_id: 'a',
      deadline: String(Date.now() + 60_000),
    });
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  }

  /** As a raw web action. @param path with the query */
  async invoke(path: string, request: HttpRequest): Promise<HttpAnswer> {
    return webAnswer((await this.run(rawParameters(path, request))) as WebResult);
  }
}

/** @returns what a raw web action is given for a request */
export function rawParameters(path: string, { method = 'GET', headers = {}, body }: HttpRequest): Record<string, unknown> {
  const [route = '', query = ''] = path.split('?');
  const bytes = Buffer.from((body ?? '') as string);
  const type = String(headers['content-type'] ?? 'application/octet-stream');
  return {
    __ow_method: method.toLowerCase(),
    __ow_headers: { ...headers, host: 'openwhisk.example', 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https' },
    __ow_path: route,
    __ow_query: query,
    __ow_body: bytes.length === 0 || textTypes.test(type) ? bytes.toString() : bytes.toString('base64'),
  };
}

/** @returns what the controller answers for the result of a web action */
export function webAnswer({ error, ...result }: WebResult): HttpAnswer {
  const { statusCode, headers = {}, body = '' } = error ?? result;
  const type = String(headers['content-type'] ?? 'text/html');
  return httpAnswer(statusCode ?? (body === '' ? 204 : 200), headers, bytesOf(body, type));
}

function bytesOf(body: unknown, type: string): Buffer {
  if (typeof body !== 'string') {
    assert.match(type, jsonTypes);
    return Buffer.from(JSON.stringify(body));
  }
  if (textTypes.test(type) || (jsonTypes.test(type) && !base64.test(body.trim()))) return Buffer.from(body);
  assert.match(body, /^$|^[A-Za-z0-9+/]+={0,2}$/, 'a body of a binary type is base64');
  return Buffer.from(body, 'base64');
}
