/** A function of Bantam outside Bantam: what its gateway, worker and executor do with a call, without queue, limits of time, and locks. */
import { randomUUID } from 'node:crypto';
import { BantamError } from '../../contracts/errors.ts';
import type { FunctionVersion } from '../../contracts/function.ts';
import { type CheckedAnswer, checkAnswer } from '../../contracts/guest-answer.ts';
import { type Failure, failure } from '../../contracts/invocation.ts';
import { targetOf } from '../../contracts/target.ts';
import { traceOf } from '../../gateway/invoke/call-trace.ts';
import { encodePayload } from '../../gateway/invoke/codecs/encode.ts';
import { callRequest } from '../../gateway/invoke/call-request.ts';
import { guestRequest } from '../../gateway/invoke/guest-request.ts';
import type { Bundle } from './bundle.ts';
import { Guest } from './guest.ts';

/** An HTTP request in the words that all platforms share; what a platform does not tell has a default. */
export interface Call {
  readonly method: string;
  /** What follows the address of the function: empty, or from `/` on. */
  readonly path: string;
  /** Without `?`. */
  readonly query: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  readonly scheme: 'http' | 'https';
  readonly remoteAddress: string;
}

export type Outcome = CheckedAnswer | Failure;

/** Names and values, as process.env. */
export type Environment = Readonly<Record<string, string | undefined>>;

interface Surroundings {
  /** Where the values of secrets are, which are never exported: by the names of variables that the configuration gives them. */
  readonly environment: Environment;
  /** Gets what the guest writes besides its answers. */
  readonly writeLog: (log: Uint8Array) => void;
}

export class ExportedFunction {
  readonly version: FunctionVersion;
  readonly #bundle: Bundle;
  readonly #surroundings: Surroundings;
  #guest: Guest | undefined;

  constructor(bundle: Bundle, surroundings: Surroundings) {
    this.version = bundle.version;
    this.#bundle = bundle;
    this.#surroundings = surroundings;
  }

  /** One call after the other: the guest runs on this thread. */
  call(call: Call): Outcome {
    try {
      const payload = this.#encode(call);
      this.#guest ??= this.#load();
      const reply = this.#guest.run(payload);
      return reply.ok ? checkAnswer(reply, call.method) : reply;
    } catch (error) {
      if (!(error instanceof BantamError)) throw error;
      return failure(error.code, error.message, error.extra);
    }
  }

  /** @throws BantamError for what is wrong with the request */
  #encode({ method, path, query, headers, body, scheme, remoteAddress }: Call): Uint8Array {
    // A guest finds itself where it was before.
    const script = `/fn/${this.version.name}`;
    const url = `${script}${path.replaceAll(/[?#]/g, encodeURIComponent)}${query === '' ? '' : `?${query}`}`;
    const request = {
      params: { reference: this.version.name, '*': decoded(path.slice(1)) },
      method,
      url,
      protocol: scheme,
      host: headers['host'] ?? '',
      ip: remoteAddress,
      headers,
      raw: { rawHeaders: Object.entries(headers).flat(), httpVersion: '1.1' },
      body,
    };
    return encodePayload(
      this.version,
      callRequest(request, () => guestRequest(request, traceOf(request, randomUUID(), false))),
    );
  }

  /** @throws BantamError SECRET_MISSING */
  #load(): Guest {
    const { module, derived, assets } = this.#bundle;
    const secrets = Object.keys(this.version.config.secrets ?? {}).map((name): [string, string] => {
      const value = this.#surroundings.environment[name];
      if (value === undefined) throw new BantamError('SECRET_MISSING', `secrets are not exported: set the environment variable ${name}`);
      return [name, value];
    });
    return new Guest(targetOf(this.version), { ...derived, bytes: module, assets, secrets }, this.#surroundings.writeLog);
  }
}

/** @throws BantamError INVALID_REQUEST */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    throw new BantamError('INVALID_REQUEST', 'the path is not valid percent-encoding', undefined, { cause: error });
  }
}
