/** What an artifact's settings become for the worlds of its instances. */
import { limits } from '../../contracts/limits.ts';
import { freezeAssets } from '../host/files/freeze.ts';
import type { World, WorldSettings } from '../host/world.ts';
import type { ArtifactSettings } from './kind.ts';

/** @param answersByOutput whether standard output is the answer; otherwise it is part of the log, and limited as such */
export function worldSettings(settings: ArtifactSettings, answersByOutput: boolean): WorldSettings {
  const { args, env, assets, memoryBytes } = settings;
  return {
    args,
    env,
    assets: assets === undefined ? undefined : freezeAssets(assets),
    maxFileBytes: memoryBytes,
    maxAnswerBytes: answersByOutput ? limits.maxAnswerBytes : limits.maxLogBytes,
    maxLogBytes: limits.maxLogBytes,
  };
}

/** Everything the guest wrote, where none of it is the answer. */
export function wholeLog(world: World): Uint8Array {
  return Buffer.concat([world.stdout.take(), world.stderr.take()]);
}
