/** The core functions that the linker makes: lowered functions and the built-ins for resources. CanonicalABI.md, "Canonical Definitions". */
import type { Trampoline } from '../../component/plan.ts';
import type { ResourceType } from '../../component/types.ts';
import type { ComponentState } from './context.ts';
import { abort, type CoreFunction, fail } from './faults.ts';
import { enter, leave, type Linking } from './linking.ts';
import { compileLower } from './lower.ts';
import type { State } from './state.ts';

export function compileTrampoline(linking: Linking, trampoline: Trampoline): CoreFunction {
  switch (trampoline.kind) {
    case 'lower':
      return compileLower(linking, trampoline);
    case 'resource.new': {
      const { resource, instance } = trampoline;
      return guarded(linking, (state, value) => mayLeave(state, instance).handles.add(resource, value, true, undefined));
    }
    case 'resource.rep': {
      const { resource, instance } = trampoline;
      return guarded(linking, (state, index) => instanceOf(state, instance).handles.get(index, resource).value);
    }
    case 'resource.drop':
      return compileDrop(linking, trampoline.resource, trampoline.instance);
    case 'late':
      return compileLate(linking, trampoline.step, trampoline.name, trampoline.arity);
    case 'refused':
      return guarded(linking, (state) => fail(state, `the built-in ${trampoline.name} is not supported`));
  }
}

/** Nothing but a trap leaves through the guest: it could catch anything else. */
function guarded(linking: Linking, body: (state: State, value: number) => unknown): CoreFunction {
  const { cell } = linking;
  const run = (value: number): unknown => {
    const state = cell.state as State;
    try {
      if (state.dead) fail(state, 'the component has trapped before');
      return body(state, value);
    } catch (error) {
      return abort(state, error);
    }
  };
  return run as CoreFunction;
}

function instanceOf(state: State, instance: number): ComponentState {
  return state.instances[instance] as ComponentState;
}

function mayLeave(state: State, instance: number): ComponentState {
  const component = instanceOf(state, instance);
  if (!component.mayLeave) fail(state, 'a component called out of itself while it must not');
  return component;
}

/** "canon resource.drop". */
function compileDrop(linking: Linking, resource: ResourceType, instance: number): CoreFunction {
  const destroy = resource.definedBy < 0 ? compileHostDrop(linking, resource) : compileDestructor(linking, resource, instance);
  return guarded(linking, (state, index) => {
    const handle = mayLeave(state, instance).handles.remove(index, resource);
    if (handle.own) destroy?.(state, handle.value);
    else if (handle.scope !== undefined) handle.scope.borrows--;
  });
}

type Destroy = (state: State, value: unknown) => void;

function compileHostDrop(linking: Linking, resource: ResourceType): Destroy | undefined {
  const drop = linking.binding.drop(resource);
  return drop === undefined ? undefined : (state, value) => drop(state.world, value);
}

/** The destructor is a call into the component that defined the resource. */
function compileDestructor(linking: Linking, { definedBy, destructor }: ResourceType, caller: number): Destroy {
  const entered = linking.entered(definedBy, caller);
  return (state, value) => {
    enter(state, entered);
    if (destructor >= 0) (state.functions[destructor] as CoreFunction)(value as number);
    leave(state, entered);
    if (state.dead) fail(state, 'the component has trapped before');
  };
}

/** Core functions of an instance that comes later; they are only ever called from wasm. */
function compileLate(linking: Linking, step: number, name: string, arity: number): CoreFunction {
  const { cell } = linking;
  const target = (): CoreFunction => {
    const state = cell.state as State;
    // The object is V8's and has no prototype.
    const found = state.cores[step]?.[name];
    return typeof found === 'function' ? (found as CoreFunction) : fail(state, 'a function was called before its module was instantiated');
  };
  switch (arity) {
    case 0:
      return () => target()();
    case 1:
      return (a) => target()(a);
    case 2:
      return (a, b) => target()(a, b);
    case 3:
      return (a, b, c) => target()(a, b, c);
    case 4:
      return (a, b, c, d) => target()(a, b, c, d);
    default:
      return (...all) => target()(...all);
  }
}
