/** From a reference to where its calls go: a cache in front of the registry that follows its notifications. */
import { BantamError } from '../../contracts/errors.ts';
import type { FunctionVersion } from '../../contracts/function.ts';
import type { FunctionReference } from '../../contracts/names.ts';
import { defaultAlias } from '../../contracts/release.ts';
import type { Route } from '../../registry/port.ts';
import { ByteLru } from '../../shared/lru.ts';

/** What the resolver asks of the registry. */
export interface RouteSource {
  route(name: string, alias: string): Promise<Route | undefined>;
  version(name: string, version: number): Promise<FunctionVersion | undefined>;
}

/** What is known of one name, by version or alias. */
interface Known {
  /** Undefined means that there is none. */
  readonly routes: Map<number | string, Route | undefined>;
  /** Questions under way. Whoever asks meanwhile gets the same answer, so that no slower and older one can follow a newer one. */
  readonly asking: Map<number | string, Promise<Route | undefined>>;
}

/** Names kept, and routes per name; also those that do not exist, so that a flood of wrong ones does not reach Postgres each time. */
const maxNames = 10_000;
const maxRoutes = 64;

export class Resolver {
  readonly #source: RouteSource;
  readonly #known = new ByteLru<string, Known>(maxNames);

  constructor(source: RouteSource) {
    this.#source = source;
  }

  /** @returns the route if it is cached; null when it is known not to exist; undefined when the registry must be asked */
  peek(reference: FunctionReference): Route | null | undefined {
    const routes = this.#known.get(reference.name)?.routes;
    const key = keyOf(reference);
    const route = routes?.get(key);
    return route ?? (routes?.has(key) === true ? null : undefined);
  }

  /** @returns undefined when there is no such version or alias. @throws BantamError REGISTRY_UNAVAILABLE */
  resolve(reference: FunctionReference): Promise<Route | undefined> {
    const cached = this.peek(reference);
    if (cached !== undefined) return Promise.resolve(cached ?? undefined);
    const { name } = reference;
    const key = keyOf(reference);
    const known: Known = this.#known.get(name) ?? { routes: new Map(), asking: new Map() };
    this.#known.set(name, known, 1);
    const under = known.asking.get(key);
    if (under !== undefined) return under;
    const asking = this.#ask(known, name, key).finally(() => known.asking.delete(key));
    known.asking.set(key, asking);
    return asking;
  }

  /** @throws BantamError FUNCTION_NOT_FOUND, VERSION_NOT_FOUND, ALIAS_NOT_FOUND, REGISTRY_UNAVAILABLE */
  async find(reference: FunctionReference): Promise<Route> {
    const route = await this.resolve(reference);
    if (route === undefined) throw notFound(reference);
    return route;
  }

  /** The function was published, released, changed or deleted: forget it, whatever is still on its way. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  /** Notifications may have been missed. */
  forgetAll(): void {
    this.#known.clear();
  }

  async #ask({ routes }: Known, name: string, key: number | string): Promise<Route | undefined> {
    const found = await (typeof key === 'string' ? this.#source.route(name, key) : this.#version(name, key));
    if (routes.size >= maxRoutes) routes.clear();
    // If the name changed meanwhile, this is no longer in the cache: what was found may be old by now and serves those who asked before.
    routes.set(key, found);
    return found;
  }

  async #version(name: string, number: number): Promise<Route | undefined> {
    const version = await this.#source.version(name, number);
    if (version === undefined) return undefined;
    return { alias: undefined, release: '', shares: [{ version, weight: 1 }], sticky: undefined, guard: undefined };
  }
}

function keyOf({ version, alias }: FunctionReference): number | string {
  return version ?? alias ?? defaultAlias;
}

/** @returns what to say of a reference that leads nowhere */
export function notFound({ name, version, alias }: FunctionReference): BantamError {
  if (version !== undefined) return new BantamError('VERSION_NOT_FOUND', `there is no function "${name}" with version ${version}`);
  if (alias !== undefined) return new BantamError('ALIAS_NOT_FOUND', `there is no function "${name}" with an alias "${alias}"`);
  return new BantamError('FUNCTION_NOT_FOUND', `there is no function "${name}"`);
}
