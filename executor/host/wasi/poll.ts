/** wasi:io/poll. Everything of this host is ready at once, except a time that has not come. */
import type { HostFunction, HostInterface } from '../../component/host.ts';
import { monotonicMs, sleepUntilMs } from '../clock.ts';
import type { World } from '../world.ts';
import { trapGuest } from '../stop.ts';

/** Resource `pollable`. */
export class Pollable {
  /** Of the monotonic clock. */
  readonly readyAtMs: number;

  constructor(readyAtMs: number) {
    this.readyAtMs = readyAtMs;
  }
}

/** Of what never blocks. A pollable has no state, so one is enough for all. */
export const alwaysReady = new Pollable(0);

function isReady(_: World, pollable: Pollable): boolean {
  return pollable.readyAtMs <= monotonicMs();
}

function block(_: World, pollable: Pollable): void {
  sleepUntilMs(pollable.readyAtMs);
}

/** @returns indices of those that are ready, at least one: it sleeps until there is one */
function poll(world: World, pollables: readonly Pollable[]): Uint32Array {
  const firstAtMs = pollables.reduce((first, { readyAtMs }) => Math.min(first, readyAtMs), Infinity);
  if (firstAtMs === Infinity) trapGuest(world, 'poll was called with an empty list');
  sleepUntilMs(firstAtMs);
  const nowMs = monotonicMs();
  const ready: number[] = [];
  for (const [index, { readyAtMs }] of pollables.entries()) if (readyAtMs <= nowMs) ready.push(index);
  return Uint32Array.from(ready);
}

export const pollInterface: HostInterface<World> = {
  functions: new Map<string, HostFunction<World>>([
    ['[method]pollable.ready', isReady],
    ['[method]pollable.block', block],
    ['poll', poll],
  ]),
  drops: new Map(),
};
