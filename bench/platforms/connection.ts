/** A caller's one HTTP connection: opened by its first call, kept for the following ones. */
import { once } from 'node:events';
import { Agent, request as open } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Processes } from '../processes.ts';

const answerWithinMs = 60_000;

export class Connection {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #origin: string;

  /** @param processes what it is closed with */
  constructor(processes: Processes, origin: string) {
    this.#origin = origin;
    processes.onStop(() => Promise.resolve(this.#agent.destroy()));
  }

  /** @returns the body. @throws Error unless it is answered with 200 within a minute */
  get(path: string): Promise<string> {
    return this.#call('GET', path, undefined);
  }

  /** @returns the body. @throws Error unless it is answered with 200 within a minute */
  postJson(path: string, value: object): Promise<string> {
    return this.#call('POST', path, JSON.stringify(value));
  }

  #call(method: 'GET' | 'POST', path: string, body: string | undefined): Promise<string> {
    const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const request = open(this.#origin + path, { method, headers, agent: this.#agent, timeout: answerWithinMs }, (response) => {
        text(response).then((answer) => {
          if (response.statusCode === 200) resolve(answer);
          else reject(new Error(`${path} answered ${response.statusCode} ${answer.slice(0, 200)}`));
        }, reject);
      });
      request.on('timeout', () => request.destroy(new Error(`${path} did not answer within ${answerWithinMs} ms`)));
      request.on('error', reject);
      request.end(body);
    });
  }
}

/**
 * Starts a server and looks every millisecond whether it listens: Processes.serve alone looks too seldom for a clock.
 * @returns a connection to it that was not used yet
 * @throws Error with the end of its output when it exits before that, or 60 s pass
 */
export async function startListening(processes: Processes, port: number, command: string, args: readonly string[]): Promise<Connection> {
  await processes.serve(command, args, {}, () => listensSoon(port));
  return new Connection(processes, `http://127.0.0.1:${port}`);
}

/** @returns false when it does not within half a second */
async function listensSoon(port: number): Promise<boolean> {
  const giveUpAtMs = Date.now() + 500;
  while (!(await listens(port))) {
    if (Date.now() > giveUpAtMs) return false;
    await delay(1);
  }
  return true;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
