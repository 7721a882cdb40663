/** What gateway and worker ask of the registry. Implemented in SQL beside this file; types only here. */
import type { AssetSummary, FunctionConfig, FunctionVersion, ModuleAnalysis } from '../contracts/function.ts';
import type { Guard, ReleaseState, Share, Sticky } from '../contracts/release.ts';

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
  /** Who publishes: the name of a key, or a client address. */
  readonly by: string;
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
  /** What calls of the function get: that version, unless a weighted release is under way. */
  readonly live: ReleaseState;
}

/** Where calls go. */
export interface Route {
  /** The alias that was asked for; undefined when a version was. */
  readonly alias: string | undefined;
  /** Id of the release in force; empty when none made this route. */
  readonly release: string;
  /** Newest version first; at least one, and a weight that is not 0. */
  readonly shares: readonly Share<FunctionVersion>[];
  readonly sticky: Sticky | undefined;
  readonly guard: Guard | undefined;
}
