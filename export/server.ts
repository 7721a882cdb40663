/** The control API of a running server, as far as the export needs it. */
import type { Problem } from '../contracts/errors.ts';
import { StartupError } from '../shared/startup-error.ts';

export class Server {
  readonly #url: URL;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: URL, key: string | undefined) {
    this.#url = url;
    this.#headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  }

  /** @param path from the server's root on. @throws StartupError with what the server said, or that there is none */
  async bytes(path: string): Promise<Buffer> {
    const response = await this.#get(path);
    const body = Buffer.from(await response.arrayBuffer());
    if (response.ok) return body;
    throw new StartupError(describe(this.#url, response, body.toString()));
  }

  /** As `bytes`. */
  async json<Shape>(path: string): Promise<Shape> {
    return JSON.parse((await this.bytes(path)).toString()) as Shape;
  }

  async #get(path: string): Promise<Response> {
    const base = this.#url.pathname.replace(/\/$/, '');
    try {
      return await fetch(new URL(`${base}${path}`, this.#url), { headers: this.#headers });
    } catch (error) {
      const { cause } = error as Error;
      const why = cause instanceof Error && cause.message !== '' ? cause.message : String(error);
      throw new StartupError(`no server answers at ${this.#url.href} (${why}): start it with npm start, or name another with --url`, {
        cause: error,
      });
    }
  }
}

function describe({ href }: URL, { status, headers }: Response, body: string): string {
  if (headers.get('content-type')?.startsWith('application/problem+json') !== true) {
    return `${href} answered with ${status} as no server of Bantam does: name the address of one with --url`;
  }
  const { code, detail, help } = JSON.parse(body) as Problem;
  return `${detail} (${code}). ${code === 'KEY_REQUIRED' ? 'Pass one with --key.' : help}`;
}
