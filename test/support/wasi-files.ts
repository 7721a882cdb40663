/** wasi:filesystem in tests: a world with assets, its descriptors, and what calls answer. */
import assert from 'node:assert/strict';
import { encodeAssets } from '../../contracts/assets.ts';
import { freezeAssets } from '../../executor/host/files/freeze.ts';
import type { World } from '../../executor/host/world.ts';
import { packOf } from './asset-packs.ts';
import { callHost, newWorld } from './wasi.ts';

export function worldWith(files: Readonly<Record<string, string>>): World {
  return newWorld({ assets: freezeAssets(encodeAssets(packOf(files))) });
}

/** @returns what the call answers: of an err its code */
export function call(world: World, self: unknown, method: string, ...args: unknown[]): unknown {
  return callHost(world, `wasi:filesystem/types#[method]descriptor.${method}`, self, ...args);
}

export function ok(result: unknown): unknown {
  const { tag, val } = result as { tag: string; val: unknown };
  assert.equal(tag, 'ok', String(val));
  return val;
}

export function errOf(result: unknown): unknown {
  const { tag, val } = result as { tag: string; val: unknown };
  assert.equal(tag, 'err');
  return val;
}

export function rootOf(world: World): unknown {
  const directories = callHost(world, 'wasi:filesystem/preopens#get-directories') as [unknown, string][];
  assert.deepEqual(
    directories.map(([, name]) => name),
    ['/'],
  );
  return directories[0]?.[0];
}

export const follow = { symlinkFollow: true };
export const noFollow = { symlinkFollow: false };
const noFlags = { create: false, directory: false, exclusive: false, truncate: false };

export function open(world: World, self: unknown, path: string, flags: object = {}, access: object = { read: true, write: true }): unknown {
  return call(world, self, 'open-at', follow, path, { ...noFlags, ...flags }, { read: false, write: false, ...access });
}
