/** `canon lift`: a core function becomes a component's. CanonicalABI.md, "canon lift". */
import type { LiftedFunction, StringEncoding } from '../../component/plan.ts';
import type { Context } from './context.ts';
import { type CoreFunction, fail, type FlatValue } from './faults.ts';
import { type Callable, enter, leave, type Linking } from './linking.ts';
import { Signature } from './signature.ts';
import type { State } from './state.ts';

/** Parameters as of `Linking.callable`. A call that ends by a throw leaves the state as it is: the instance is dead. */
export function compileLift(linking: Linking, func: LiftedFunction, caller: number, source: StringEncoding | undefined): Callable {
  if (func.instance === caller) return (state) => fail(state, 'a component instance cannot call itself');
  const signature = new Signature(linking.abis, func.type);
  const entered = linking.entered(func.instance, caller);
  const { callee, context, postReturn } = func;
  return (state, args) => {
    if (state.dead) fail(state, 'the component has trapped before');
    const c = state.contexts[context] as Context;
    enter(state, entered);
    const outer = c.scope;
    const scope = signature.borrows ? { borrows: 0 } : undefined;
    c.scope = scope;
    c.source = source ?? c.encoding;
    const core = apply(state.functions[callee] as CoreFunction, signature.lowerParams(c, args));
    // A guest may have caught what was thrown through it.
    if (state.dead) fail(state, 'the component has trapped before');
    const value = signature.liftResult(c, core);
    if (scope !== undefined && scope.borrows > 0) fail(state, `${scope.borrows} borrowed handles were not dropped at the end of the call`);
    if (postReturn >= 0)
      finish(state, c, state.functions[postReturn] as CoreFunction, signature.result === undefined ? [] : [core as FlatValue]);
    c.scope = outer;
    leave(state, entered);
    return value;
  };
}

/** `post-return` gets the core result, and may not call out of its component. */
function finish(state: State, c: Context, postReturn: CoreFunction, results: FlatValue[]): void {
  c.instance.mayLeave = false;
  apply(postReturn, results);
  c.instance.mayLeave = true;
  if (state.dead) fail(state, 'the component has trapped before');
}

/** Spreading costs more than a short call. */
function apply(f: CoreFunction, args: readonly FlatValue[]): unknown {
  const [a, b, c, d] = args as [FlatValue, FlatValue, FlatValue, FlatValue];
  switch (args.length) {
    case 0:
      return f();
    case 1:
      return f(a);
    case 2:
      return f(a, b);
    case 3:
      return f(a, b, c);
    case 4:
      return f(a, b, c, d);
    default:
      return f(...args);
  }
}
