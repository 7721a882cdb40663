/** What gateway and worker ask of the registry. Implemented in SQL beside this file; types only here. */
import type { FunctionConfig, FunctionVersion, ModuleAnalysis } from '../contracts/function.ts';

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
}

export interface Published {
  /** False when the latest version already had the same bytes and configuration. */
  readonly created: boolean;
  readonly version: FunctionVersion;
}

/** A page of a listing; `next` is passed as `after` to get the following page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}
