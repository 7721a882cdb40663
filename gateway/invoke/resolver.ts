/** From a reference to a version: a cache in front of the registry that follows its notifications. */
import type { FunctionVersion } from '../../contracts/function.ts';
import type { FunctionReference } from '../../contracts/names.ts';
import { ByteLru } from '../../shared/lru.ts';

/** What the resolver asks of the registry. */
export interface VersionSource {
  latest(name: string): Promise<FunctionVersion | undefined>;
  version(name: string, version: number): Promise<FunctionVersion | undefined>;
}

/** What is known of one name, by version; the latest is under 0. */
interface Known {
  /** Undefined means that there is none. */
  readonly versions: Map<number, FunctionVersion | undefined>;
  /** Questions under way. Whoever asks meanwhile gets the same answer, so that no slower and older one can follow a newer one. */
  readonly asking: Map<number, Promise<FunctionVersion | undefined>>;
}

/** Names kept, and versions per name; also those that do not exist, so that a flood of wrong ones does not reach Postgres each time. */
const maxNames = 10_000;
const maxVersions = 64;

export class Resolver {
  readonly #source: VersionSource;
  readonly #known = new ByteLru<string, Known>(maxNames);

  constructor(source: VersionSource) {
    this.#source = source;
  }

  /** @returns the version if it is cached; null when it is known not to exist; undefined when the registry must be asked */
  peek({ name, version = 0 }: FunctionReference): FunctionVersion | null | undefined {
    const versions = this.#known.get(name)?.versions;
    if (versions === undefined || !versions.has(version)) return undefined;
    return versions.get(version) ?? null;
  }

  /** @returns undefined when there is no such version. @throws BantamError REGISTRY_UNAVAILABLE */
  resolve(reference: FunctionReference): Promise<FunctionVersion | undefined> {
    const cached = this.peek(reference);
    if (cached !== undefined) return Promise.resolve(cached ?? undefined);
    const { name, version = 0 } = reference;
    const known: Known = this.#known.get(name) ?? { versions: new Map(), asking: new Map() };
    this.#known.set(name, known, 1);
    const under = known.asking.get(version);
    if (under !== undefined) return under;
    const asking = this.#ask(known, name, version).finally(() => known.asking.delete(version));
    known.asking.set(version, asking);
    return asking;
  }

  /** The function was published, changed or deleted: forget it, whatever is still on its way. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  /** Notifications may have been missed. */
  forgetAll(): void {
    this.#known.clear();
  }

  async #ask({ versions }: Known, name: string, version: number): Promise<FunctionVersion | undefined> {
    const found = await (version === 0 ? this.#source.latest(name) : this.#source.version(name, version));
    if (versions.size >= maxVersions) versions.clear();
    // If the name changed meanwhile, this is no longer in the cache: what was found may be old by now and serves those who asked before.
    versions.set(version, found);
    return found;
  }
}
