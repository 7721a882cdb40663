/** Links components for tests, on hosts made of a few functions. */
import { flattenComponent } from '../../component/flatten.ts';
import { importedFunctions } from '../../component/signature-text.ts';
import type { HostFunction, HostInterface, HostTable } from '../../executor/component/host.ts';
import type { ComponentInstance } from '../../executor/component/instance.ts';
import { linkComponent, type LinkedComponent } from '../../executor/component/linker.ts';
import type { StopReason, Stoppable } from '../../executor/host/stop.ts';
import { componentFromWat } from './components.ts';

export type AnyFunction = (...args: never[]) => unknown;
/** Interface without version -> function -> implementation, called without the world. */
export type Functions = Readonly<Record<string, Readonly<Record<string, AnyFunction>>>>;
export type Drops = Readonly<Record<string, Readonly<Record<string, (resource: never) => void>>>>;

/** @param functions get the lifted arguments */
export function hostOf(functions: Functions, drops: Drops = {}): HostTable<Stoppable> {
  return new Map(
    Object.entries(functions).map(([iface, members]): [string, HostInterface<Stoppable>] => [
      iface,
      {
        functions: new Map(
          Object.entries(members).map(([name, f]): [string, HostFunction<Stoppable>] => [name, (_, ...args) => f(...args)]),
        ),
        drops: new Map(
          Object.entries(drops[iface] ?? {}).map(([name, drop]) => [name, (_: Stoppable, resource: never): void => drop(resource)]),
        ),
      },
    ]),
  );
}

/** Links with the types that the component itself declares: for tests of anything but the check of types. */
export function linkTrusting(bytes: Uint8Array, host: HostTable<Stoppable> = new Map()): LinkedComponent<Stoppable> {
  const plan = flattenComponent(bytes);
  const signatures = new Map<string, Map<string, string>>();
  for (const { iface, name, text } of importedFunctions(plan)) {
    signatures.set(iface, new Map([...(signatures.get(iface) ?? []), [name, text]]));
  }
  return linkComponent(plan, bytes, host, signatures);
}

export interface Linked {
  readonly instance: ComponentInstance;
  readonly world: Stoppable;
}

export async function instantiateWat(wat: string, functions: Functions = {}, drops: Drops = {}): Promise<Linked> {
  return instantiate(linkTrusting(await componentFromWat(wat), hostOf(functions, drops)));
}

export function instantiate(linked: LinkedComponent<Stoppable>): Linked {
  const world: Stoppable = { stopped: undefined };
  return { instance: linked.instantiate(world), world };
}

/** @returns why the guest was stopped: the words of our own check, or of the error when there was none */
export function faultOf({ instance, world }: Linked, exportName: string, ...args: readonly unknown[]): string {
  try {
    const result = instance.call(exportName, args);
    return `no fault, but the result ${String(result)}`;
  } catch (error) {
    return reasonText(world.stopped) ?? String(error);
  }
}

function reasonText(reason: StopReason | undefined): string | undefined {
  if (reason === undefined) return undefined;
  return reason.kind === 'fault' ? reason.detail.replace(/^the guest trapped: /, '') : `exit ${reason.status}`;
}
