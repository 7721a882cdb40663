/** What a worker must know of a version, made once per version object. */
import { createHash } from 'node:crypto';
import type { FunctionVersion } from './function.ts';
import type { GuestSettings, Target } from './invocation.ts';
import { pageBytes } from './limits.ts';
import { namespaceOf } from './names.ts';

const targets = new WeakMap<FunctionVersion, Target>();

export function targetOf(version: FunctionVersion): Target {
  let target = targets.get(version);
  if (target === undefined) {
    const { name, digest, kind, limits, config } = version;
    target = {
      function: name,
      version: version.version,
      digest,
      kind,
      memoryPages: Math.floor(limits.memoryBytes / pageBytes),
      reuse: config.reuse === true,
      settings: settingsOf(version),
    };
    targets.set(version, target);
  }
  return target;
}

function settingsOf({ name, config, assets, secrets = [] }: FunctionVersion): GuestSettings | undefined {
  const args = config.args ?? [];
  // Sorted: the same environment has the same key, in whatever order it was written.
  const env = Object.entries(config.env ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (args.length === 0 && env.length === 0 && assets === undefined && secrets.length === 0) return undefined;
  // The same reference is another value in another namespace.
  const given = secrets.length === 0 ? [] : [namespaceOf(name), secrets.map((secret) => [secret.env, secret.name, secret.version])];
  const key = createHash('sha256')
    .update(JSON.stringify([args, env, assets?.digest ?? null, ...given]))
    .digest('hex');
  return { key, args, env, assets: assets?.digest, secrets };
}
