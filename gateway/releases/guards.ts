/** Watches releases that have a guard, and has the registry take back those that fail too often. */
import type { FunctionVersion } from '../../contracts/function.ts';
import type { Guard, Release } from '../../contracts/release.ts';
import { BantamError } from '../../contracts/errors.ts';
import type { Failure, Reply } from '../../contracts/invocation.ts';
import type { Route } from '../../registry/port.ts';
import { ByteLru } from '../../shared/lru.ts';
import { type Counts, GuardWindow } from './guard-window.ts';

export interface GuardsOptions {
  /** @returns undefined when another gateway was first, or somebody moved the alias. @throws BantamError */
  readonly trip: (trip: {
    readonly name: string;
    readonly alias: string;
    readonly release: string;
    readonly detail: string;
  }) => Promise<Release | undefined>;
  /** The release is no longer what this gateway knows; called also when another gateway took it back. */
  readonly onTripped: (name: string, release: Release | undefined) => void;
  /** It could not be taken back; the next failing call tries again. */
  readonly onFault: (error: unknown) => void;
  /** Milliseconds of a clock that does not go back. */
  readonly now: () => number;
}

interface Watched {
  readonly release: string;
  readonly window: GuardWindow;
  /** The registry has been asked. */
  tripping: boolean;
}

/** Aliases watched at a time. */
const maxWatched = 10_000;

export class Guards {
  readonly #options: GuardsOptions;
  readonly #watched = new ByteLru<string, Watched>(maxWatched);

  constructor(options: GuardsOptions) {
    this.#options = options;
  }

  /** Told of every call that a route led to and that has its reply. */
  record(route: Route, version: FunctionVersion, reply: Pick<Reply & { ok: true }, 'ok' | 'status'> | Failure): void {
    const { guard, alias, release } = route;
    if (guard === undefined || alias === undefined || version.version !== route.shares[0]?.version.version) return;
    const failed = verdict(reply);
    if (failed === undefined) return;
    const key = `${version.name}:${alias}`;
    let watched = this.#watched.get(key);
    if (watched === undefined || watched.release !== release) {
      // A call that began before the alias moved on says nothing of the release after it, and must not begin the count of that anew.
      if (watched !== undefined && BigInt(watched.release) > BigInt(release)) return;
      watched = { release, window: new GuardWindow(guard.windowMs), tripping: false };
      this.#watched.set(key, watched, 1);
    }
    const counts = watched.window.record(this.#options.now(), failed);
    if (!watched.tripping && isTooMuch(counts, guard)) this.#trip(watched, version.name, alias, describe(version.version, counts, guard));
  }

  #trip(watched: Watched, name: string, alias: string, detail: string): void {
    const { trip, onTripped, onFault } = this.#options;
    watched.tripping = true;
    trip({ name, alias, release: watched.release, detail }).then(
      (release) => onTripped(name, release),
      (error: unknown) => {
        watched.tripping = false;
        onFault(error);
      },
    );
  }
}

/** @returns whether the guest failed; undefined when it was not its turn to fail */
function verdict(reply: Parameters<Guards['record']>[2]): boolean | undefined {
  if (reply.ok) return reply.status >= 500;
  const { blame, status } = new BantamError(reply.code, reply.detail).row;
  return blame === 'guest' ? status >= 500 : undefined;
}

function isTooMuch({ calls, failed }: Counts, { minCalls, maxErrorRate }: Guard): boolean {
  return calls >= minCalls && failed > maxErrorRate * calls;
}

function describe(version: number, { calls, failed }: Counts, { windowMs, maxErrorRate }: Guard): string {
  return `${failed} of ${calls} calls of version ${version} failed within ${windowMs} ms at one gateway; ${maxErrorRate} of them may`;
}
