/** Functions of components and of the host behind one face. */
import type { ComponentFunction, StringEncoding } from '../../component/plan.ts';
import { compileLift } from './lift.ts';
import type { Callable, Linking } from './linking.ts';

/**
 * @param caller number of the calling component instance, or `hostCaller`
 * @param source encoding of the caller's strings; undefined: the callee's own
 */
export function callableOf(linking: Linking, func: ComponentFunction, caller: number, source: StringEncoding | undefined): Callable {
  if (func.kind === 'lift') return compileLift(linking, func, caller, source);
  const bound = linking.binding.bind(func);
  return (state, args) => bound(state.world, args);
}
