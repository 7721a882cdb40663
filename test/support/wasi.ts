/** Calls functions of the WASI 0.2 host as the linker does: found by interface and name, the world first. */
import assert from 'node:assert/strict';
import type { StopReason } from '../../executor/host/stop.ts';
import { wasiHost } from '../../executor/host/wasi/table.ts';
import { World, type WorldSettings } from '../../executor/host/world.ts';

const defaults: WorldSettings = {
  args: [],
  env: [],
  assets: undefined,
  maxFileBytes: 1_048_576,
  maxAnswerBytes: 1_048_576,
  maxLogBytes: 65_536,
};

export function newWorld(settings: Partial<WorldSettings> = {}): World {
  return new World({ ...defaults, ...settings });
}

/**
 * @param func `wasi:io/poll#poll`: interface, then name as in the binary
 * @returns what the linker would lower; the caller says what it is
 */
export function callHost(world: World, func: string, ...args: unknown[]): unknown {
  const [iface = '', name = ''] = func.split('#');
  const implementation = wasiHost.get(iface)?.functions.get(name);
  assert.ok(implementation, `the host has no ${func}`);
  return (implementation as (...all: unknown[]) => unknown)(world, ...args);
}

/** What the linker does when a guest drops an own handle. */
export function dropHandle(world: World, resource: string, self: unknown): void {
  const [iface = '', name = ''] = resource.split('#');
  const drop = wasiHost.get(iface)?.drops.get(name) as ((world: World, self: unknown) => void) | undefined;
  drop?.(world, self);
}

/** @returns why the host stopped the guest, by a trap that the guest cannot catch */
export function stopOf(world: World, run: () => unknown): StopReason {
  assert.throws(run, { name: 'RuntimeError', message: 'unreachable' });
  assert.ok(world.stopped);
  return world.stopped;
}

/** @returns the words of a stop that is the guest's own fault */
export function misuseOf(world: World, run: () => unknown): string {
  const reason = stopOf(world, run);
  assert.ok(reason.kind === 'fault' && reason.code === 'GUEST_TRAPPED');
  return reason.detail;
}
