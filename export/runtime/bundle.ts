/** What a bundle holds besides code: written at the export, read by the handler. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionVersion } from '../../contracts/function.ts';
import type { DerivedModule } from '../../worker/artifacts/derive.ts';

/** Files in the root of a bundle. The pack of assets (contracts/assets.ts) is there if there are any. */
export const bundleFiles = { description: 'function.json', module: 'module.wasm', assets: 'assets.pack' } as const;

/** The file `function.json`. */
export interface BundleDescription {
  /** By its qualified name. */
  readonly version: FunctionVersion;
  /** What is known of the module in the bundle, which is the one that workers derive and executors run. */
  readonly derived: Omit<DerivedModule, 'bytes'>;
}

export interface Bundle extends BundleDescription {
  readonly module: Uint8Array;
  readonly assets: Uint8Array | undefined;
}

/** @throws Error when a file is not there */
export function readBundle(folder: string): Bundle {
  const description = JSON.parse(readFileSync(join(folder, bundleFiles.description), 'utf8')) as BundleDescription;
  return {
    ...description,
    module: readFileSync(join(folder, bundleFiles.module)),
    assets: description.version.assets === undefined ? undefined : readFileSync(join(folder, bundleFiles.assets)),
  };
}
