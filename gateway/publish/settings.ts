/** Whether a kind of module can use what is configured for and published with it. Pure. */
import { BantamError } from '../../contracts/errors.ts';
import type { FunctionConfig } from '../../contracts/function.ts';
import type { ModuleKind } from '../../contracts/kinds.ts';
import { limits } from '../../contracts/limits.ts';

/** @throws BantamError INVALID_CONFIG naming the member, ASSETS_INVALID: nothing that is given may be ignored silently */
export function refuseUnusable(kind: ModuleKind, { args, env, secrets, reuse }: FunctionConfig, hasAssets: boolean): void {
  const sizeBytes = [...(args ?? []), ...Object.entries(env ?? {}).flat()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (sizeBytes > limits.maxArgumentBytes) {
    throw new BantamError('INVALID_CONFIG', `args and env have ${sizeBytes} bytes together; ${limits.maxArgumentBytes} are allowed`);
  }
  const twice = Object.keys(secrets ?? {}).find((name) => Object.hasOwn(env ?? {}, name));
  if (twice !== undefined) throw new BantamError('INVALID_CONFIG', `secrets.${twice}: env has a variable of this name`);
  if (reuse === true && (kind === 'command' || kind === 'component-command')) {
    throw new BantamError('INVALID_CONFIG', 'reuse: a command runs once per instance, so there is nothing to keep');
  }
  if (kind !== 'core') return;
  const why = 'the module imports nothing of WASI to read';
  if (args !== undefined) throw new BantamError('INVALID_CONFIG', `args: ${why} arguments with`);
  if (env !== undefined) throw new BantamError('INVALID_CONFIG', `env: ${why} an environment with`);
  if (secrets !== undefined) throw new BantamError('INVALID_CONFIG', `secrets: ${why} an environment with`);
  if (hasAssets) throw new BantamError('ASSETS_INVALID', `${why} files with: build it for WASI, or publish it without assets`);
}
