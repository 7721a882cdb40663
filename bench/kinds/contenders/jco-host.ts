/** The WASI host of Bantam in the shape that jco's glue asks for: resources as objects of classes, functions as their methods, err as a throw. */
import { splitVersion } from '../../../component/names.ts';
import type { ComponentPlan, Extern } from '../../../component/plan.ts';
import type { FunctionType, ResourceType, ValueType } from '../../../component/types.ts';
import { wasiHost } from '../../../executor/host/wasi/table.ts';
import type { World } from '../../../executor/host/world.ts';
import { type Convert, convertResources, same } from './resources-in.ts';

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** By interface without version, then by class or camelCase function. */
export type JcoImports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What the glue sees of a resource. */
interface Wrapper {
  inner: unknown;
}

interface ResourceClass {
  readonly prototype: Wrapper & Record<string | symbol, unknown>;
  /** What `new` does; undefined where the guest cannot. */
  construct: AnyFunction | undefined;
}

export class JcoHost {
  /** Of the call that runs. */
  world: World | undefined;
  readonly #imports: Record<string, Record<string, unknown>> = {};
  readonly #classes = new Map<string, ResourceClass>();

  /** @param plan its imports decide what is made */
  constructor(plan: ComponentPlan) {
    for (const [versioned, extern] of plan.imports) {
      if (extern.sort !== 'instance') continue;
      const { name } = splitVersion(versioned);
      for (const [member, each] of extern.exports) this.#add(name, member, each);
    }
  }

  get imports(): JcoImports {
    return this.#imports;
  }

  /** @returns makes the object that stands for a resource of the host in the glue */
  wrapper(iface: string, resource: string): Convert {
    const { prototype } = this.#class(iface, resource);
    return (inner) => {
      const wrapper = Object.create(prototype) as Wrapper;
      wrapper.inner = inner;
      return wrapper;
    };
  }

  #add(iface: string, name: string, extern: Extern): void {
    if (extern.sort === 'type') {
      const { kind, host } = extern.type as Partial<ResourceType>;
      if (kind === 'resource' && host?.iface === iface) this.#class(iface, name);
    }
    if (extern.sort !== 'func') return;
    const run = wasiHost.get(iface)?.functions.get(name) as AnyFunction | undefined;
    if (run === undefined) throw new Error(`the host has no ${iface} ${name}`);
    const [, sort, resource = '', member = ''] = /^\[(method|static|constructor)\]([^.]+)\.?(.*)$/.exec(name) ?? [];
    const call = this.#converting(run, extern.func.type);
    if (sort === undefined) this.#interface(iface)[camel(name)] = (...args: unknown[]): unknown => call(args);
    else if (sort === 'constructor') this.#class(iface, resource).construct = this.#receiving(run, extern.func.type);
    else if (sort === 'static') Reflect.set(this.#class(iface, resource), camel(member), (...args: unknown[]): unknown => call(args));
    else {
      this.#class(iface, resource).prototype[camel(member)] = function (this: Wrapper, ...args: unknown[]): unknown {
        return call([this, ...args]);
      };
    }
  }

  #converting(run: AnyFunction, type: FunctionType): (args: readonly unknown[]) => unknown {
    const received = this.#receiving(run, type);
    const result = this.#answering(type.result);
    return (args) => result(received(...args));
  }

  #receiving(run: AnyFunction, { params }: FunctionType): AnyFunction {
    const converts = params.map(({ type }) => convertResources(type, () => (value) => (value as Wrapper).inner));
    return (...args) => run(this.world, ...args.map((value, i) => (converts[i] ?? same)(value)));
  }

  /** jco has the err case of a function's result thrown. */
  #answering(type: ValueType | undefined): Convert {
    const wrap = convertResources(type, ({ host }) => this.wrapper(host?.iface ?? '', host?.name ?? ''));
    if (type?.kind !== 'result') return wrap;
    return (value) => {
      const { tag, val } = wrap(value) as { readonly tag: 'ok' | 'err'; readonly val: unknown };
      if (tag === 'ok') return val;
      throw val;
    };
  }

  #interface(iface: string): Record<string, unknown> {
    return (this.#imports[iface] ??= {});
  }

  #class(iface: string, resource: string): ResourceClass {
    const key = `${iface}.${resource}`;
    let made = this.#classes.get(key);
    if (made === undefined) {
      const drop = wasiHost.get(iface)?.drops.get(resource) as AnyFunction | undefined;
      made = resourceClass((inner) => drop?.(this.world, inner));
      this.#classes.set(key, made);
      this.#interface(iface)[pascal(resource)] = made;
    }
    return made;
  }
}

function resourceClass(drop: (inner: unknown) => unknown): ResourceClass {
  const made = class {
    static construct: AnyFunction | undefined;
    inner: unknown;

    constructor(...args: unknown[]) {
      this.inner = made.construct?.(...args);
    }

    [Symbol.dispose](): void {
      drop(this.inner);
    }
  };
  return made as unknown as ResourceClass;
}

function camel(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function pascal(name: string): string {
  const text = camel(name);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
