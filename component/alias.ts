/** Reads aliases (Binary.md, "Alias Definitions"): names for what instances export and enclosing scopes define. */
import type { ByteReader } from '../wasm/reader.ts';
import { invalid } from './error.ts';
import type { CoreItem, CoreSort } from './plan.ts';
import type { PlanBuilder } from './plan-builder.ts';
import { type AnySort, quote, readName, readSort } from './reader.ts';
import type { DefinedType, Scope } from './scope.ts';
import { typesOf } from './type-parts.ts';
import { isValueType } from './value-types.ts';

/** `alias`. */
export function readAlias(plan: PlanBuilder, reader: ByteReader, scope: Scope): void {
  const sort = readSort(reader);
  const offset = reader.offset;
  switch (reader.byte()) {
    case 0x00:
      return aliasExport(plan, reader, scope, sort);
    case 0x01:
      return aliasCoreExport(plan, reader, scope, sort);
    case 0x02:
      return aliasOuter(plan, reader, scope, sort);
    default:
      throw invalid('an unknown target of an alias', offset);
  }
}

function aliasExport(plan: PlanBuilder, reader: ByteReader, scope: Scope, sort: AnySort): void {
  const offset = reader.offset;
  const { exports } = scope.get('instance', reader.u32(), offset);
  const name = readName(plan.budget, reader);
  const found = exports.get(name);
  if (found === undefined || !('sort' in sort) || found.sort !== sort.sort) {
    throw invalid(`an alias of ${quote(name)}, which the instance does not export so`, offset);
  }
  scope.define(found);
}

function aliasCoreExport(plan: PlanBuilder, reader: ByteReader, scope: Scope, sort: AnySort): void {
  const offset = reader.offset;
  if (!('core' in sort) || sort.core === 'type') throw invalid('an alias of something that core instances do not export', offset);
  const instance = scope.getCoreInstance(reader.u32(), offset);
  const name = readName(plan.budget, reader);
  const item = plan.coreExport(instance, sort.core, name);
  if (item === undefined) throw invalid(`an alias of ${quote(name)}, which the core instance does not export so`, offset);
  addCore(scope, sort.core, item);
}

function addCore(scope: Scope, sort: CoreSort, item: CoreItem): void {
  scope.core[sort].push(item);
}

function aliasOuter(plan: PlanBuilder, reader: ByteReader, scope: Scope, sort: AnySort): void {
  const offset = reader.offset;
  let outer: Scope | undefined = scope;
  let leavesComponent = false;
  for (let count = reader.u32(); count > 0 && outer !== undefined; count--) {
    leavesComponent ||= outer.instance >= 0;
    outer = outer.parent;
  }
  if (outer === undefined) throw invalid('an alias of more scopes than there are', offset);
  const index = reader.u32();
  // Core types are not kept: nothing that is run here refers to them.
  if ('core' in sort && sort.core === 'type') return;
  if (!('sort' in sort) || (sort.sort !== 'type' && sort.sort !== 'component' && sort.sort !== 'module')) {
    throw invalid('an outer alias of something that is no type, component or module', offset);
  }
  const found = outer.get(sort.sort, index, offset);
  if (leavesComponent && found.sort === 'type' && mentionsResource(plan, found.type)) {
    throw invalid('an outer alias of a type with resources of another component', offset);
  }
  scope.define(found);
}

/** Resources are new in every instance, so a type that mentions one cannot be taken out of an enclosing component. */
function mentionsResource(plan: PlanBuilder, type: DefinedType): boolean {
  if (type.kind === 'resource') return true;
  if (type.kind !== 'func') return isValueType(type) && plan.measures.of(type).hasHandle;
  return typesOf(type).some((part) => plan.measures.of(part).hasHandle);
}
