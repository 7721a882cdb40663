/** What a kind of core module says of itself to the inspector. */
import type { ModuleAnalysis } from '../../contracts/function.ts';
import type { ModuleKind } from '../../contracts/kinds.ts';
import type { CoreModule } from '../../wasm/module.ts';

export interface KindAnalyser {
  readonly kind: ModuleKind;
  /** Whether the module is of this kind, by what it imports and exports. */
  detect(module: CoreModule): boolean;
  /**
   * @param module valid, within the limits common to all kinds
   * @throws BantamError when this kind cannot run it
   */
  analyse(module: CoreModule): ModuleAnalysis;
}
