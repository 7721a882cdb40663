/** What gateway and worker ask of the registry. Implemented in SQL beside this file; types only here. */
import type { AssetSummary, FunctionConfig, FunctionVersion, ModuleAnalysis } from '../contracts/function.ts';

/** One publish: a module that was analysed, with its configuration. */
export interface Publication {
  readonly name: string;
  /** sha256 of `bytes`, lower-case hex. */
  readonly digest: string;
  readonly bytes: Uint8Array;
  readonly analysis: ModuleAnalysis;
  readonly entry: string;
  readonly config: FunctionConfig;
  readonly limits: FunctionVersion['limits'];
  readonly assets: PublishedAssets | undefined;
}

/** Files to publish with a module. */
export interface PublishedAssets extends AssetSummary {
  /** As `encodeAssets` writes it; `digest` is its sha256. */
  readonly pack: Uint8Array;
}

/** A module that is in the registry already, with another configuration. */
export type Reconfiguration = Omit<Publication, 'bytes' | 'assets'>;

export interface Published {
  /** False when the latest version already had the same bytes, configuration and assets. */
  readonly created: boolean;
  readonly version: FunctionVersion;
}

/** A page of a listing; `next` is passed as `after` to get the following page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}
