/** Finds the host's functions for a component's imports: by exact name and exact type, in tables, never as properties. */
import { ComponentError } from '../../component/error.ts';
import { splitVersion } from '../../component/names.ts';
import type { HostFunctionRef } from '../../component/plan.ts';
import { functionText } from '../../component/signature-text.ts';
import type { ResourceType } from '../../component/types.ts';
import type { Stoppable } from '../host/stop.ts';
import type { HostFunction, HostInterface, HostTable } from './host.ts';

export type BoundFunction = (world: Stoppable, args: readonly unknown[]) => unknown;
export type BoundDrop = (world: Stoppable, resource: unknown) => void;

/** By interface without version and function: the text of its type (component/signature-text.ts). */
export type SignatureTexts = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** 0.2 with any patch: within it functions are only added. */
const wasiVersion = /^0\.2\.\d+$/;

export class HostBinding<World extends Stoppable> {
  readonly #host: HostTable<World>;
  readonly #signatures: SignatureTexts;
  readonly #bound = new Map<HostFunctionRef, BoundFunction>();

  constructor(host: HostTable<World>, signatures: SignatureTexts) {
    this.#host = host;
    this.#signatures = signatures;
  }

  /** @throws ComponentError naming the import when the host has no such function of exactly this type */
  bind(ref: HostFunctionRef): BoundFunction {
    let bound = this.#bound.get(ref);
    if (bound === undefined) {
      bound = spread<World>(this.#find(ref), ref.type.params.length);
      this.#bound.set(ref, bound);
    }
    return bound;
  }

  #find({ iface, name, type }: HostFunctionRef): HostFunction<World> {
    const { version, name: ifaceName } = splitVersion(iface);
    if (ifaceName.startsWith('wasi:') && !wasiVersion.test(version)) {
      throw new ComponentError('unsupported', `interface "${iface}" is imported, but the host gives WASI 0.2`);
    }
    const known = this.#interface(ifaceName, `function "${name}"`);
    const implementation = known.functions.get(name);
    const expected = this.#signatures.get(ifaceName)?.get(name);
    if (implementation === undefined || expected === undefined) {
      throw new ComponentError('unsupported', `the host has no function "${name}" in interface "${iface}"`);
    }
    const declared = functionText(type);
    if (declared !== expected) {
      const detail = `function "${name}" of interface "${iface}" is imported as ${declared}, but the host gives ${expected}`;
      throw new ComponentError('unsupported', detail);
    }
    return implementation;
  }

  /**
   * @returns what dropping an own handle of a host's resource does; undefined: nothing
   * @throws ComponentError when it belongs to no interface of the host
   */
  drop({ host }: ResourceType): BoundDrop | undefined {
    if (host === undefined) throw new ComponentError('unsupported', 'a resource that no interface of the host gives is dropped');
    const drop = this.#interface(host.iface, `resource "${host.name}"`).drops.get(host.name);
    return drop as BoundDrop | undefined;
  }

  #interface(iface: string, what: string): HostInterface<World> {
    const known = this.#host.get(iface);
    if (known === undefined) throw new ComponentError('unsupported', `the host has no interface "${iface}" (${what})`);
    return known;
  }
}

/** The signature text vouches for the number and types of the arguments. */
function spread<World>(implementation: HostFunction<World>, arity: number): BoundFunction {
  const f = implementation as (world: unknown, ...args: unknown[]) => unknown;
  switch (arity) {
    case 0:
      return (world) => f(world);
    case 1:
      return (world, args) => f(world, args[0]);
    case 2:
      return (world, args) => f(world, args[0], args[1]);
    case 3:
      return (world, args) => f(world, args[0], args[1], args[2]);
    default:
      return (world, args) => f(world, ...args);
  }
}
