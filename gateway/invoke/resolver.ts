/** From a reference to a version: a cache in front of the registry that follows its notifications. */
import type { FunctionVersion } from '../../contracts/function.ts';
import type { FunctionReference } from '../../contracts/names.ts';
import { ByteLru } from '../../shared/lru.ts';

/** What the resolver asks of the registry. */
export interface VersionSource {
  latest(name: string): Promise<FunctionVersion | undefined>;
  version(name: string, version: number): Promise<FunctionVersion | undefined>;
}

/** What is known of one name: its versions by number, `latest` under 0; undefined means that there is none. */
type Known = Map<number, FunctionVersion | undefined>;

/** Names kept; also those that do not exist, so that a flood of wrong names does not reach Postgres each time. */
const maxNames = 10_000;

export class Resolver {
  readonly #source: VersionSource;
  readonly #known = new ByteLru<string, Known>(maxNames);

  constructor(source: VersionSource) {
    this.#source = source;
  }

  /** @returns the version if it is cached; null when it is known not to exist; undefined when the registry must be asked */
  peek({ name, version = 0 }: FunctionReference): FunctionVersion | null | undefined {
    const known = this.#known.get(name);
    if (known === undefined || !known.has(version)) return undefined;
    return known.get(version) ?? null;
  }

  /** @returns undefined when there is no such version. @throws BantamError REGISTRY_UNAVAILABLE */
  async resolve(reference: FunctionReference): Promise<FunctionVersion | undefined> {
    const cached = this.peek(reference);
    if (cached !== undefined) return cached ?? undefined;
    const { name, version = 0 } = reference;
    const known: Known = this.#known.get(name) ?? new Map();
    this.#known.set(name, known, 1);
    const found = await (version === 0 ? this.#source.latest(name) : this.#source.version(name, version));
    // If the name changed meanwhile, `known` is no longer in the cache: what was found may be old by now and serves this one call only.
    known.set(version, found);
    return found;
  }

  /** The function was published, changed or deleted: forget it, whatever is still on its way. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  /** Notifications may have been missed. */
  forgetAll(): void {
    this.#known.clear();
  }
}
