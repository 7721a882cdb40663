/** wasi:sockets: there is no network. Nothing that could open a socket does, so no method of one can ever be called. */
import { wasiInterfaces } from '../../../wasi/interfaces.ts';
import type { HostFunction, HostInterface } from '../../component/host.ts';
import type { World } from '../world.ts';
import { trapGuest } from '../stop.ts';
import { err } from './result.ts';

/** Resource `network`: guests ask for it before anything else, and can only hand it on. */
const network = Object.freeze({ name: 'none' });
const denied = Object.freeze(err('access-denied'));

const answers: ReadonlyMap<string, HostFunction<World>> = new Map<string, HostFunction<World>>([
  ['instance-network', (): typeof network => network],
  ['create-tcp-socket', (): typeof denied => denied],
  ['create-udp-socket', (): typeof denied => denied],
  ['resolve-addresses', (): typeof denied => denied],
  // No error that this host gives out is one of a network.
  ['network-error-code', (): undefined => undefined],
]);

function unreachable(world: World): never {
  return trapGuest(world, 'a method of a socket was called, and there is none');
}

function refused(iface: string): readonly [iface: string, HostInterface<World>] {
  const names = wasiInterfaces.get(iface)?.keys() ?? [];
  return [iface, { functions: new Map(Array.from(names, (name) => [name, answers.get(name) ?? unreachable])), drops: new Map() }];
}

export const sockets: readonly (readonly [iface: string, HostInterface<World>])[] = [
  refused('wasi:sockets/network'),
  refused('wasi:sockets/instance-network'),
  refused('wasi:sockets/ip-name-lookup'),
  refused('wasi:sockets/tcp'),
  refused('wasi:sockets/tcp-create-socket'),
  refused('wasi:sockets/udp'),
  refused('wasi:sockets/udp-create-socket'),
];
