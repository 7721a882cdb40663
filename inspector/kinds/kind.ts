/** What a kind of core module says of itself to the inspector. */
import type { ModuleAnalysis } from '../../contracts/function.ts';
import type { ModuleKind } from '../../contracts/kinds.ts';
import { type CoreModule, functionType } from '../../wasm/module.ts';

export interface KindAnalyser {
  readonly kind: ModuleKind;
  /** Whether the module is of this kind, by what it imports and exports. */
  detect(module: CoreModule): boolean;
  /**
   * @param module         valid, within the limits common to all kinds
   * @param maxMemoryBytes most linear memory of an instance
   * @throws BantamError when this kind cannot run it
   */
  analyse(module: CoreModule, maxMemoryBytes: number): ModuleAnalysis;
}

/** @returns whether a function of this name is exported that takes and gives nothing */
export function exportsAction(wasm: CoreModule, name: string): boolean {
  const found = wasm.exports.find((exported) => exported.name === name && exported.kind === 'function');
  const type = found && functionType(wasm, found.index);
  return type !== undefined && type.params.length === 0 && type.results.length === 0;
}
