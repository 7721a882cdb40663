/** What a worker must know of versions to run attempts of them. Versions never change, but for the secrets they lead to. */
import type { AsyncConfig } from '../../contracts/async.ts';
import type { FunctionVersion } from '../../contracts/function.ts';
import type { Target } from '../../contracts/invocation.ts';
import { payloadOf } from '../../contracts/kinds.ts';
import { targetOf } from '../../contracts/target.ts';
import { ByteLru } from '../../shared/lru.ts';

export interface Runnable {
  readonly target: Target;
  readonly timeoutMs: number;
  readonly async: AsyncConfig | undefined;
  /** Whether payloads are whole requests. */
  readonly takesRequests: boolean;
}

/** @returns undefined when there is no such version. @throws BantamError REGISTRY_UNAVAILABLE */
export type FindVersion = (name: string, version: number) => Promise<FunctionVersion | undefined>;

const maxCachedBytes = 16_777_216;
/** A changed secret is what attempts get that start later than this. */
const secretsAgeMs = 500;

interface Known {
  readonly runnable: Runnable;
  /** Monotonic milliseconds. */
  readonly goodUntilMs: number;
}

export class Versions {
  readonly #find: FindVersion;
  readonly #known = new ByteLru<string, Known>(maxCachedBytes);
  readonly #asking = new Map<string, Promise<Runnable | undefined>>();

  constructor(find: FindVersion) {
    this.#find = find;
  }

  /** Asks once, however many want to know. @returns undefined when there is no such version. @throws BantamError REGISTRY_UNAVAILABLE */
  async of(name: string, version: number): Promise<Runnable | undefined> {
    const key = `${name}@${version}`;
    const known = this.#known.get(key);
    if (known !== undefined && performance.now() < known.goodUntilMs) return known.runnable;
    let asking = this.#asking.get(key);
    if (asking === undefined) {
      asking = this.#ask(key, name, version).finally(() => this.#asking.delete(key));
      this.#asking.set(key, asking);
    }
    return asking;
  }

  async #ask(key: string, name: string, number: number): Promise<Runnable | undefined> {
    const askedAtMs = performance.now();
    const version = await this.#find(name, number);
    if (version === undefined) return undefined;
    const runnable: Runnable = {
      target: targetOf(version),
      timeoutMs: version.limits.timeoutMs,
      async: version.config.async,
      takesRequests: payloadOf[version.kind] === 'request',
    };
    const goodUntilMs = version.secrets === undefined ? Infinity : askedAtMs + secretsAgeMs;
    this.#known.set(key, { runnable, goodUntilMs }, JSON.stringify(runnable).length);
    return runnable;
  }
}
