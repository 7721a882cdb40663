/**
 * Decodes a component and flattens its static instantiation tree into a plan: nested components are evaluated where they are
 * instantiated, with what they are given in place of their imports (Binary.md; Explainer.md, "Component Definitions").
 */
import { ByteReader } from '../wasm/reader.ts';
import { readAlias } from './alias.ts';
import { readCanon } from './canon.ts';
import { refuseConcurrency } from './concurrency.ts';
import { declaredExports, readTypeDefinition, standIn } from './definitions.ts';
import { asComponentErrors, invalid, unsupported } from './error.ts';
import { readExternDescription } from './extern-description.ts';
import { readArguments, readCoreInstance, readInlineExports, readSortIndex } from './instances.ts';
import type { ComponentPlan } from './plan.ts';
import { PlanBuilder } from './plan-builder.ts';
import { quote, readExternName, readOptional, readVector } from './reader.ts';
import { type Definition, type Range, Scope } from './scope.ts';
import { type ComponentSection, readComponentSections, sectionIds } from './sections.ts';
import { bypassShims } from './shim.ts';

/**
 * @param bytes a component: `identify` said so
 * @returns the plan; it refers to `bytes` by offsets
 * @throws ComponentError, and nothing else, within a bounded number of steps
 */
export function flattenComponent(bytes: Uint8Array): ComponentPlan {
  return asComponentErrors(() => {
    const plan = new PlanBuilder(bytes);
    const exports = evaluate(plan, { start: 0, end: bytes.length, scope: undefined }, undefined, -1);
    refuseConcurrency(plan, exports);
    bypassShims(plan);
    const { modules, steps, trampolines, instances, slots, contexts, imports } = plan;
    return { modules, steps, trampolines, instances, slots, contexts, imports, exports };
  });
}

/** @param args what a nested component is given; undefined for the root, which has a host */
function evaluate(
  plan: PlanBuilder,
  body: Range & { readonly scope: Scope | undefined },
  args: ReadonlyMap<string, Definition> | undefined,
  parent: number,
): ReadonlyMap<string, Definition> {
  plan.budget.instantiate(body.start);
  const scope = new Scope(body.scope, plan.instances.push({ parent }) - 1);
  return plan.budget.nest(() => {
    for (const section of readComponentSections(plan.bytes, body.start, body.end)) {
      plan.budget.spend(1);
      readSection(plan, section, scope, args);
    }
    return scope.exports;
  }, body.start);
}

function readSection(plan: PlanBuilder, section: ComponentSection, scope: Scope, args: ReadonlyMap<string, Definition> | undefined): void {
  const { id, start, bodyStart, end } = section;
  if (id === sectionIds.custom) return;
  // Core types matter only to imported core modules, and those are refused.
  if (id === sectionIds.coreType) return;
  if (id === sectionIds.coreModule) return scope.define({ sort: 'module', module: { body: { start: bodyStart, end } } });
  if (id === sectionIds.component) return scope.define({ sort: 'component', component: { body: { start: bodyStart, end, scope } } });
  if (id === sectionIds.start) throw unsupported('a start section', start);
  if (id === sectionIds.value) throw unsupported('a value section', start);
  const reader = new ByteReader(plan.bytes, bodyStart, end);
  const [what, read] = entryReader(plan, reader, section, scope, args);
  readVector(plan.budget, reader, what, read);
  reader.expectEnd(`the section of ${what}`);
}

function entryReader(
  plan: PlanBuilder,
  reader: ByteReader,
  { id, start }: ComponentSection,
  scope: Scope,
  args: ReadonlyMap<string, Definition> | undefined,
): readonly [what: string, read: () => void] {
  switch (id) {
    case sectionIds.coreInstance:
      return ['core instances', (): void => readCoreInstance(plan, reader, scope)];
    case sectionIds.instance:
      return ['instances', (): void => readInstance(plan, reader, scope)];
    case sectionIds.alias:
      return ['aliases', (): void => readAlias(plan, reader, scope)];
    case sectionIds.type:
      return ['types', (): void => scope.define({ sort: 'type', type: readTypeDefinition(plan, reader, scope) })];
    case sectionIds.canon:
      return ['canonical definitions', (): void => readCanon(plan, reader, scope)];
    case sectionIds.import:
      return ['imports', (): void => readImport(plan, reader, scope, args)];
    case sectionIds.export:
      return ['exports', (): void => readExport(plan, reader, scope)];
    default:
      throw invalid(`an unknown section ${id}`, start);
  }
}

/** `instance`. */
function readInstance(plan: PlanBuilder, reader: ByteReader, scope: Scope): void {
  const offset = reader.offset;
  const code = reader.byte();
  if (code > 1) throw invalid('an unknown instance', offset);
  if (code === 1) return scope.define({ sort: 'instance', exports: readInlineExports(plan, reader, scope) });
  const { body } = scope.get('component', reader.u32(), offset).component;
  if (body === undefined) throw unsupported('the instance of an imported component', offset);
  const args = readArguments(plan, reader, scope);
  scope.define({ sort: 'instance', exports: evaluate(plan, body, args, scope.instance) });
}

/** `import`. What a nested component is given carries its own type; only that it is there, and of the sort declared, is checked. */
function readImport(plan: PlanBuilder, reader: ByteReader, scope: Scope, args: ReadonlyMap<string, Definition> | undefined): void {
  const offset = reader.offset;
  const name = readExternName(plan.budget, reader, scope.importKeys, 'import');
  const description = readExternDescription(reader, scope);
  if (args !== undefined) {
    const given = args.get(name);
    if (given?.sort !== description.sort) throw invalid(`a component is not given the ${description.sort} ${quote(name)}`, offset);
    return scope.define(given);
  }
  const { sort } = description;
  if (sort === 'component' || sort === 'module') {
    throw unsupported(`the import of ${quote(name)}, a ${sort === 'module' ? 'core module' : 'component'}`, offset);
  }
  const definition = standIn(plan, name, description, '');
  scope.define(definition);
  plan.imports.set(name, definition);
}

/** `export`. A type ascribed to an instance hides what it does not name. */
function readExport(plan: PlanBuilder, reader: ByteReader, scope: Scope): void {
  const offset = reader.offset;
  const name = readExternName(plan.budget, reader, scope.exportKeys, 'export');
  const definition = readSortIndex(reader, scope);
  const ascribed = readOptional(reader, () => readExternDescription(reader, scope));
  if (ascribed !== undefined && ascribed.sort !== definition.sort)
    throw invalid(`the export ${quote(name)} is no ${ascribed.sort}`, offset);
  const exported =
    ascribed?.sort === 'instance' && definition.sort === 'instance'
      ? narrow(definition, declaredExports(plan, ascribed.type, undefined), offset)
      : definition;
  scope.define(exported);
  scope.exports.set(name, exported);
}

function narrow(
  instance: Definition & { readonly sort: 'instance' },
  declared: ReadonlyMap<string, Definition>,
  offset: number,
): Definition {
  const exports = new Map<string, Definition>();
  for (const [name, { sort }] of declared) {
    const found = instance.exports.get(name);
    if (found?.sort !== sort) throw invalid(`an instance does not export the ${sort} ${quote(name)}`, offset);
    exports.set(name, found);
  }
  return { sort: 'instance', exports };
}
