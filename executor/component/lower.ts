/** `canon lower`: a component's function becomes a core function. CanonicalABI.md, "canon lower". */
import type { ComponentFunction, StringEncoding, Trampoline } from '../../component/plan.ts';
import { callableOf } from './callable.ts';
import type { Context } from './context.ts';
import { abort, type CoreFunction, fail, type FlatValue } from './faults.ts';
import type { Handle } from './handles.ts';
import type { Linking } from './linking.ts';
import { Signature } from './signature.ts';
import type { State } from './state.ts';

export function compileLower(linking: Linking, { func, context, instance }: Extract<Trampoline, { readonly kind: 'lower' }>): CoreFunction {
  const { cell, plan } = linking;
  const signature = new Signature(linking.abis, func.type);
  const call = callableOf(linking, func, instance, plan.contexts[context]?.encoding);
  const resultSource = encodingOf(linking, func);
  // While a host function runs no guest does, so nobody can see a loan, but for a handle given away in the same call.
  const lends = signature.borrows && (func.kind === 'lift' || !signature.onlyBorrows);
  const run = (flat: readonly FlatValue[]): FlatValue | undefined => {
    const state = cell.state as State;
    try {
      if (state.dead) fail(state, 'the component has trapped before');
      const c = state.contexts[context] as Context;
      if (!c.instance.mayLeave) fail(state, 'a component called out of itself while it must not');
      const { budget } = state;
      const { lenders: outer } = c;
      const lenders: Handle[] | undefined = lends ? [] : undefined;
      c.lenders = lenders;
      const args = signature.liftParams(c, flat);
      c.lenders = outer;
      const value = call(state, args);
      if (lenders !== undefined) for (const handle of lenders) handle.lends--;
      c.source = resultSource ?? c.encoding;
      const result = signature.lowerResult(c, value, flat);
      state.budget = budget;
      return result;
    } catch (error) {
      return abort(state, error);
    }
  };
  return withArity(run, signature.width + (signature.resultInMemory ? 1 : 0));
}

/** Strings of the host are in no encoding yet: any will do. */
function encodingOf({ plan }: Linking, func: ComponentFunction): StringEncoding | undefined {
  return func.kind === 'lift' ? plan.contexts[func.context]?.encoding : undefined;
}

/** With a fixed number of parameters V8 calls from wasm without an adaptor and without an array of the rest. */
function withArity(run: (flat: readonly FlatValue[]) => FlatValue | undefined, arity: number): CoreFunction {
  switch (arity) {
    case 0:
      return () => run([]);
    case 1:
      return (a: FlatValue) => run([a]);
    case 2:
      return (a: FlatValue, b: FlatValue) => run([a, b]);
    case 3:
      return (a: FlatValue, b: FlatValue, c: FlatValue) => run([a, b, c]);
    case 4:
      return (a: FlatValue, b: FlatValue, c: FlatValue, d: FlatValue) => run([a, b, c, d]);
    default:
      return (...flat: FlatValue[]) => run(flat);
  }
}
