/** wasi:clocks. The time zone is UTC. */
import type { HostFunction, HostInterface } from '../../component/host.ts';
import { clockResolutionNs, monotonicNs, realtimeNs } from '../clock.ts';
import type { World } from '../world.ts';
import { Pollable } from './poll.ts';

interface DateTime {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

const nsPerSecond = 1_000_000_000n;

function dateTime(ns: bigint): DateTime {
  return { seconds: ns / nsPerSecond, nanoseconds: Number(ns % nsPerSecond) };
}

/** Ready when the clock, as the guest reads it, has come to `atNs`. */
function pollableAt(atNs: bigint): Pollable {
  return new Pollable(Number((atNs + clockResolutionNs - 1n) / clockResolutionNs));
}

const monotonicClock: HostInterface<World> = {
  functions: new Map<string, HostFunction<World>>([
    ['now', monotonicNs],
    ['resolution', (): bigint => clockResolutionNs],
    ['subscribe-instant', (_: World, atNs: bigint): Pollable => pollableAt(atNs)],
    ['subscribe-duration', (_: World, durationNs: bigint): Pollable => pollableAt(monotonicNs() + durationNs)],
  ]),
  drops: new Map(),
};

const wallClock: HostInterface<World> = {
  functions: new Map<string, HostFunction<World>>([
    ['now', (): DateTime => dateTime(realtimeNs())],
    ['resolution', (): DateTime => dateTime(clockResolutionNs)],
  ]),
  drops: new Map(),
};

const timezone: HostInterface<World> = {
  functions: new Map<string, HostFunction<World>>([
    ['display', (): object => ({ utcOffset: 0, name: 'UTC', inDaylightSavingTime: false })],
    ['utc-offset', (): number => 0],
  ]),
  drops: new Map(),
};

export const clocks: readonly (readonly [iface: string, HostInterface<World>])[] = [
  ['wasi:clocks/monotonic-clock', monotonicClock],
  ['wasi:clocks/wall-clock', wallClock],
  ['wasi:clocks/timezone', timezone],
];
