/** Reads canonical definitions (Binary.md, "Canonical Definitions"): lifts, lowers and built-ins, checked as CanonicalABI.md says under "Canonical Definitions". */
import type { ByteReader } from '../wasm/reader.ts';
import { readBuiltin } from './builtins.ts';
import { type CanonOptions, readCanonOptions } from './canon-options.ts';
import { invalid, unsupported } from './error.ts';
import type { FlatFunction } from './flat.ts';
import type { ComponentFunction, LiftedFunction, Trampoline } from './plan.ts';
import type { PlanBuilder } from './plan-builder.ts';
import { quote } from './reader.ts';
import type { Scope } from './scope.ts';
import type { FunctionType, ResourceType } from './types.ts';
import { readResource } from './value-types.ts';

/** `canon`. */
export function readCanon(plan: PlanBuilder, reader: ByteReader, scope: Scope): void {
  const offset = reader.offset;
  const code = reader.byte();
  switch (code) {
    case 0x00:
      return scope.define({ sort: 'func', func: readLift(plan, reader, scope) });
    case 0x01:
      return define(plan, scope, readLower(plan, reader, scope));
    case 0x02:
      return define(plan, scope, { kind: 'resource.new', resource: ownResource(reader, scope), instance: scope.instance });
    case 0x03:
      return define(plan, scope, { kind: 'resource.drop', resource: readResource(reader, scope), instance: scope.instance });
    case 0x04:
      return define(plan, scope, { kind: 'resource.rep', resource: ownResource(reader, scope), instance: scope.instance });
    default:
      if (reader.offset === offset) throw invalid('an empty canonical definition', offset);
      return define(plan, scope, { kind: 'refused', name: readBuiltin(plan, reader, scope, code) });
  }
}

function define(plan: PlanBuilder, scope: Scope, trampoline: Trampoline): void {
  scope.core.func.push(plan.trampoline(trampoline));
}

/** Only the component that defines a resource sees what represents it. */
function ownResource(reader: ByteReader, scope: Scope): ResourceType {
  const offset = reader.offset;
  const resource = readResource(reader, scope);
  if (resource.definedBy !== scope.instance) throw invalid('the representation of a resource of another component', offset);
  return resource;
}

function readLift(plan: PlanBuilder, reader: ByteReader, scope: Scope): LiftedFunction {
  const offset = reader.offset;
  expectZero(reader);
  const callee = scope.getCore('func', reader.u32(), offset);
  const options = readCanonOptions(plan, reader, scope);
  const type = readFunctionType(reader, scope);
  const flat = plan.flattener.function(type, 'lift');
  const lifted: LiftedFunction = {
    kind: 'lift',
    type,
    callee: plan.slot('func', callee, offset),
    postReturn: options.postReturn === undefined ? -1 : plan.slot('func', options.postReturn, offset),
    context: plan.context({ ...options.context, instance: scope.instance }),
    instance: scope.instance,
  };
  if (options.async) {
    plan.asyncLifts.add(lifted);
    return lifted;
  }
  plan.expectCoreType(callee, flat.core, 'a lifted core function', offset);
  if (options.postReturn !== undefined) {
    plan.expectCoreType(options.postReturn, { params: flat.core.results, results: [] }, 'a post-return function', offset);
  }
  expectOptions(plan, type, flat, options, 'lift', offset);
  return lifted;
}

function readLower(plan: PlanBuilder, reader: ByteReader, scope: Scope): Trampoline {
  const offset = reader.offset;
  expectZero(reader);
  const { func } = scope.get('func', reader.u32(), offset);
  const options = readCanonOptions(plan, reader, scope);
  if (options.async) throw unsupported(`an asynchronous call of ${describe(func)}`, offset);
  if (options.postReturn !== undefined) throw invalid('a post-return function of a lowered function', offset);
  expectOptions(plan, func.type, plan.flattener.function(func.type, 'lower'), options, 'lower', offset);
  return { kind: 'lower', func, context: plan.context({ ...options.context, instance: scope.instance }), instance: scope.instance };
}

/** A component function in words. */
export function describe(func: ComponentFunction): string {
  if (func.kind === 'lift') return 'a function of another component';
  return func.iface === '' ? quote(func.name) : `${quote(func.name)} of ${quote(func.iface)}`;
}

function expectZero(reader: ByteReader): void {
  const offset = reader.offset;
  if (reader.byte() !== 0) throw invalid('an unknown canonical definition', offset);
}

function readFunctionType(reader: ByteReader, scope: Scope): FunctionType {
  const offset = reader.offset;
  const { type } = scope.get('type', reader.u32(), offset);
  if (type.kind !== 'func') throw invalid('a function whose type is none of functions', offset);
  return type;
}

/** What goes through linear memory needs one; what the other side writes there needs `realloc`. */
function expectOptions(
  plan: PlanBuilder,
  type: FunctionType,
  flat: FlatFunction,
  options: CanonOptions,
  direction: 'lift' | 'lower',
  offset: number,
): void {
  const paramPointers = type.params.some((param) => plan.measures.of(param.type).hasPointer);
  const resultPointers = type.result !== undefined && plan.measures.of(type.result).hasPointer;
  const needsMemory = paramPointers || resultPointers || flat.paramsInMemory || flat.resultInMemory;
  const needsRealloc = direction === 'lift' ? paramPointers || flat.paramsInMemory : resultPointers;
  if (needsMemory && options.context.memory < 0) throw invalid(`a ${direction} without the memory it needs`, offset);
  if (needsRealloc && options.context.realloc < 0) throw invalid(`a ${direction} without the realloc it needs`, offset);
}
