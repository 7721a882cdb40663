/** Reads core instances and instances made of items by hand (Binary.md, "Instance Definitions"). */
import type { ByteReader } from '../wasm/reader.ts';
import { coreTypeText, sameCoreType } from './core-type.ts';
import { invalid, unsupported } from './error.ts';
import type { CoreInstanceRef, CoreItem, CoreSort } from './plan.ts';
import type { PlanBuilder } from './plan-builder.ts';
import { quote, readCoreSort, readExternName, readName, readSort, readVector } from './reader.ts';
import type { Definition, Scope } from './scope.ts';

type CoreArgument = readonly [name: string, from: CoreInstanceRef];

/** `core:instance`. */
export function readCoreInstance(plan: PlanBuilder, reader: ByteReader, scope: Scope): void {
  const offset = reader.offset;
  const code = reader.byte();
  if (code > 1) throw invalid('an unknown core instance', offset);
  scope.coreInstances.push(code === 0 ? instantiate(plan, reader, scope) : { items: readItems(plan, reader, scope) });
}

function instantiate(plan: PlanBuilder, reader: ByteReader, scope: Scope): CoreInstanceRef {
  const offset = reader.offset;
  plan.budget.instantiate(offset);
  const { body } = scope.get('module', reader.u32(), offset).module;
  if (body === undefined) throw unsupported('the instance of an imported core module', offset);
  const module = plan.module(body);
  const args = readVector(plan.budget, reader, 'arguments', () => readCoreArgument(plan, reader, scope));
  if (new Set(args.map(([name]) => name)).size !== args.length) throw invalid('a core argument is there twice', offset);
  expectImports(plan, module, args, offset);
  return { step: plan.steps.push({ module, args, skip: false }) - 1 };
}

function readCoreArgument(plan: PlanBuilder, reader: ByteReader, scope: Scope): CoreArgument {
  const name = readName(plan.budget, reader);
  const offset = reader.offset;
  if (reader.byte() !== 0x12) throw invalid('a core argument that is no instance', offset);
  return [name, scope.getCoreInstance(reader.u32(), offset)];
}

function readItems(plan: PlanBuilder, reader: ByteReader, scope: Scope): ReadonlyMap<string, { readonly sort: CoreSort; item: CoreItem }> {
  const items = new Map<string, { readonly sort: CoreSort; item: CoreItem }>();
  readVector(plan.budget, reader, 'core exports', () => {
    const offset = reader.offset;
    const name = readName(plan.budget, reader);
    if (items.has(name)) throw invalid(`a core instance exports ${quote(name)} twice`, offset);
    const sort = readCoreSort(reader);
    items.set(name, { sort, item: scope.getCore(sort, reader.u32(), offset) });
  });
  return items;
}

/** What a core module imports must be given, of the sort and, for functions, of the type that it declares. */
function expectImports(plan: PlanBuilder, module: number, args: readonly CoreArgument[], offset: number): void {
  const given = new Map(args);
  const { imports } = plan.interfaceOf(module);
  plan.budget.spend(imports.length);
  for (const { module: from, name, sort, type } of imports) {
    const instance = given.get(from);
    const item = instance && plan.coreExport(instance, sort, name);
    if (item === undefined)
      throw invalid(`a core module is not given the ${sort} ${quote(name)} of ${quote(from)} that it imports`, offset);
    const actual = sort === 'func' ? plan.coreType(item) : undefined;
    if (actual !== undefined && type !== undefined && !sameCoreType(actual, type)) {
      const types = `${coreTypeText(type)}, but given one of ${coreTypeText(actual)}`;
      throw invalid(`a core module imports ${quote(name)} of ${quote(from)} as a function of ${types},`, offset);
    }
  }
}

/** `sortidx`: something defined before. */
export function readSortIndex(reader: ByteReader, scope: Scope): Definition {
  const offset = reader.offset;
  const sort = readSort(reader);
  if ('core' in sort) throw invalid('a core definition where one of a component belongs', offset);
  return scope.get(sort.sort, reader.u32(), offset);
}

/** `vec(inlineexport)`. */
export function readInlineExports(plan: PlanBuilder, reader: ByteReader, scope: Scope): Map<string, Definition> {
  const exports = new Map<string, Definition>();
  const keys = new Set<string>();
  readVector(plan.budget, reader, 'exports', () => {
    const name = readExternName(plan.budget, reader, keys, 'export');
    exports.set(name, readSortIndex(reader, scope));
  });
  return exports;
}

/** `vec(instantiatearg)`. */
export function readArguments(plan: PlanBuilder, reader: ByteReader, scope: Scope): Map<string, Definition> {
  const args = new Map<string, Definition>();
  readVector(plan.budget, reader, 'arguments', () => {
    const offset = reader.offset;
    const name = readName(plan.budget, reader);
    if (args.has(name)) throw invalid(`the argument ${quote(name)} is there twice`, offset);
    args.set(name, readSortIndex(reader, scope));
  });
  return args;
}
