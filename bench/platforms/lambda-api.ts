/** The service's side of the Lambda runtime API: hands events to a runtime that asks for them, and takes its results. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Processes } from '../processes.ts';

interface Invocation {
  readonly id: string;
  readonly event: string;
  readonly resolve: (result: string) => void;
  readonly reject: (error: Error) => void;
}

const prefix = '/2018-06-01/runtime/';

/** Serves one runtime, which takes one invocation at a time. */
export class LambdaRuntimeApi {
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  #count = 0;
  /** Until the runtime has answered. */
  #invocation: Invocation | undefined;
  /** A runtime that asked when there was nothing to do. */
  #idle: ServerResponse | undefined;

  /** @returns AWS_LAMBDA_RUNTIME_API */
  async listen(processes: Processes): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    processes.onStop(async () => {
      this.#server.close();
      this.#server.closeAllConnections();
      await once(this.#server, 'close');
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP port');
    return `127.0.0.1:${address.port}`;
  }

  /**
   * @returns what the handler returned, as JSON
   * @throws Error when the runtime reports that the handler failed, or nothing within a minute
   */
  async invoke(event: object, withinMs = 60_000): Promise<string> {
    if (this.#invocation !== undefined) throw new Error('one at a time');
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        this.#invocation = { id: `${++this.#count}`, event: JSON.stringify(event), resolve, reject };
        timer = setTimeout(reject, withinMs, new Error(`the runtime gave no result within ${withinMs} ms`));
        this.#hand();
      });
    } finally {
      clearTimeout(timer);
      this.#invocation = undefined;
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const what = request.url?.startsWith(prefix) === true ? `${request.method} ${request.url.slice(prefix.length)}` : '';
    if (what === 'GET invocation/next') {
      this.#idle = response;
      this.#hand();
      return;
    }
    const body = await text(request);
    const invocation = this.#invocation;
    response.writeHead(202).end();
    if (what === `POST invocation/${invocation?.id}/response`) invocation?.resolve(body);
    else invocation?.reject(new Error(`the runtime sent ${what}: ${body}`));
  }

  #hand(): void {
    if (this.#idle === undefined || this.#invocation === undefined) return;
    const { id, event } = this.#invocation;
    const headers = {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': id,
      'lambda-runtime-deadline-ms': `${Date.now() + 60_000}`,
      'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:local:000000000000:function:fib',
      'lambda-runtime-trace-id': 'Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0',
    };
    this.#idle.writeHead(200, headers).end(event);
    this.#idle = undefined;
  }
}
