/** Compares types of core functions of different modules. */
import type { FuncType } from '../wasm/types.ts';

/** Types that a module gives by index mean nothing outside of it: the engine compares those when it links. */
export function sameCoreType(a: FuncType, b: FuncType): boolean {
  const [left, right] = [coreTypeText(a), coreTypeText(b)];
  return left === right || left.includes('(ref ') || right.includes('(ref ');
}

export function coreTypeText({ params, results }: FuncType): string {
  return `[${params.join(' ')}] -> [${results.join(' ')}]`;
}
