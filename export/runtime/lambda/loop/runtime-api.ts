/** Lambda's API for runtimes: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html. */
import { Agent, type IncomingMessage, request } from 'node:http';

export interface Invocation {
  readonly requestId: string;
  readonly event: unknown;
}

/** What an error is to Lambda. */
interface RuntimeError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stackTrace: readonly string[];
}

export class RuntimeApi {
  readonly #base: string;
  /** The next invocation may be hours away: there is no time limit, and one connection is enough. */
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  /** @param host with port, as AWS_LAMBDA_RUNTIME_API names it */
  constructor(host: string) {
    this.#base = `http://${host}/2018-06-01/runtime`;
  }

  /** Waits for it. */
  async next(): Promise<Invocation> {
    const { headers, text } = await this.#send('GET', '/invocation/next');
    return { requestId: String(headers['lambda-runtime-aws-request-id']), event: JSON.parse(text) as unknown };
  }

  async respond(requestId: string, result: unknown): Promise<void> {
    await this.#send('POST', `/invocation/${requestId}/response`, result);
  }

  /** @param requestId undefined: it did not get as far as to take an invocation */
  async fail(requestId: string | undefined, error: unknown): Promise<void> {
    const told = describe(error);
    const path = requestId === undefined ? '/init/error' : `/invocation/${requestId}/error`;
    await this.#send('POST', path, told, { 'lambda-runtime-function-error-type': told.errorType });
  }

  #send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ headers: IncomingMessage['headers']; text: string }> {
    const payload = method === 'GET' ? undefined : Buffer.from(JSON.stringify(body));
    const length = payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': payload.length };
    return new Promise((resolve, reject) => {
      const sent = request(`${this.#base}${path}`, { method, agent: this.#agent, headers: { ...length, ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString();
          const { statusCode = 0 } = response;
          if (statusCode < 300) resolve({ headers: response.headers, text });
          else reject(new Error(`the runtime API answered ${method} ${path} with ${statusCode}: ${text}`));
        });
      });
      sent.once('error', reject);
      sent.end(payload);
    });
  }
}

function describe(error: unknown): RuntimeError {
  if (!(error instanceof Error)) return { errorType: 'Error', errorMessage: String(error), stackTrace: [] };
  return { errorType: error.name, errorMessage: error.message, stackTrace: error.stack?.split('\n').slice(1) ?? [] };
}
