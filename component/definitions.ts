/** Reads type definitions other than value types, and the declarations in component and instance types (Binary.md, "Type Definitions"). */
import { ByteReader } from '../wasm/reader.ts';
import { readAlias } from './alias.ts';
import { invalid, unsupported } from './error.ts';
import { type ExternDescription, readExternDescription } from './extern-description.ts';
import { splitVersion } from './names.ts';
import type { PlanBuilder } from './plan-builder.ts';
import { readExternName, readLabel, readOptional, readVector } from './reader.ts';
import { type DeclaredType, type DefinedType, type Definition, Scope } from './scope.ts';
import type { FunctionType, ResourceType, ValueType } from './types.ts';
import { readValueType, readValueTypeDefinition } from './value-types.ts';

/** JS API limit of parameters; also what validators of components allow. */
const maxParams = 1_000;

/** `deftype`. */
export function readTypeDefinition(plan: PlanBuilder, reader: ByteReader, scope: Scope): DefinedType {
  const offset = reader.offset;
  const code = reader.byte();
  const valueType = readValueTypeDefinition(plan, reader, scope, code);
  if (valueType !== undefined) return valueType;
  switch (code) {
    case 0x40:
    case 0x43:
      return readFunctionType(plan, reader, scope, code === 0x43);
    case 0x41:
    case 0x42:
      return readDeclaredType(plan, reader, scope, code === 0x41 ? 'component-type' : 'instance-type');
    case 0x3f:
      return readResourceType(plan, reader, scope);
    case 0x3e:
      throw unsupported('a resource with an asynchronous destructor', offset);
    default:
      throw invalid('an unknown type', offset);
  }
}

function readFunctionType(plan: PlanBuilder, reader: ByteReader, scope: Scope, async: boolean): FunctionType {
  const offset = reader.offset;
  const keys = new Set<string>();
  const params = readVector(plan.budget, reader, 'parameters', () => ({
    name: readLabel(plan.budget, reader, keys),
    type: readValueType(plan, reader, scope),
  }));
  if (params.length > maxParams) throw invalid(`more than ${maxParams} parameters`, offset);
  const result = readResult(plan, reader, scope);
  if (result !== undefined && plan.measures.of(result).hasBorrow) throw invalid('a function that returns a borrowed handle', offset);
  return { kind: 'func', async, params, result };
}

/** `resultlist`. */
export function readResult(plan: PlanBuilder, reader: ByteReader, scope: Scope): ValueType | undefined {
  const offset = reader.offset;
  const code = reader.byte();
  if (code === 0) return readValueType(plan, reader, scope);
  if (code !== 1 || reader.byte() !== 0) throw invalid('an unknown list of results', offset);
  return undefined;
}

function readResourceType(plan: PlanBuilder, reader: ByteReader, scope: Scope): ResourceType {
  const offset = reader.offset;
  if (scope.instance < 0) throw invalid('a resource defined inside a type', offset);
  if (reader.byte() !== 0x7f) throw unsupported('a resource that is not represented by an i32', offset);
  const destructor = readOptional(reader, () => {
    const item = scope.getCore('func', reader.u32(), offset);
    plan.expectCoreType(item, { params: ['i32'], results: [] }, 'a destructor', offset);
    return plan.slot('func', item, offset);
  });
  return { kind: 'resource', definedBy: scope.instance, destructor: destructor ?? -1, host: undefined };
}

function readDeclaredType(plan: PlanBuilder, reader: ByteReader, scope: Scope, kind: DeclaredType['kind']): DeclaredType {
  const start = reader.offset;
  readDeclarations(plan, reader, new Scope(scope, -1), kind, undefined);
  return { kind, scope, declarations: { start, end: reader.offset } };
}

/**
 * What a type of instances declares, with resources of its own.
 * @param host name of the import it is the type of; undefined where nothing stands behind it
 */
export function declaredExports(plan: PlanBuilder, type: DeclaredType, host: string | undefined): ReadonlyMap<string, Definition> {
  const scope = new Scope(type.scope, -1);
  const { start, end } = type.declarations;
  readDeclarations(plan, new ByteReader(plan.bytes, start, end), scope, type.kind, host);
  return scope.exports;
}

function readDeclarations(plan: PlanBuilder, reader: ByteReader, scope: Scope, kind: DeclaredType['kind'], host: string | undefined): void {
  plan.budget.nest(
    () => readVector(plan.budget, reader, 'declarations', () => readDeclaration(plan, reader, scope, kind, host)),
    reader.offset,
  );
}

/** `componentdecl` or `instancedecl`. */
function readDeclaration(plan: PlanBuilder, reader: ByteReader, scope: Scope, kind: DeclaredType['kind'], host: string | undefined): void {
  const offset = reader.offset;
  const code = reader.byte();
  switch (code) {
    case 0x00:
      throw unsupported('core types inside types', offset);
    case 0x01:
      return scope.define({ sort: 'type', type: readTypeDefinition(plan, reader, scope) });
    case 0x02:
      return readAlias(plan, reader, scope);
    case 0x03: {
      if (kind === 'instance-type') throw invalid('an import in the type of an instance', offset);
      const name = readExternName(plan.budget, reader, scope.importKeys, 'import');
      return scope.define(standIn(plan, name, readExternDescription(reader, scope), undefined));
    }
    case 0x04: {
      const name = readExternName(plan.budget, reader, scope.exportKeys, 'export');
      const definition = standIn(plan, name, readExternDescription(reader, scope), host);
      scope.define(definition);
      scope.exports.set(name, definition);
      return;
    }
    default:
      throw invalid('an unknown declaration', offset);
  }
}

/**
 * What stands for something declared: the host's, or nobody's inside types.
 * @param host name of the import it belongs to, empty for the import itself
 */
export function standIn(plan: PlanBuilder, name: string, description: ExternDescription, host: string | undefined): Definition {
  const { sort } = description;
  switch (sort) {
    case 'func':
      return { sort, func: { kind: 'host', type: description.type, iface: host ?? '', name } };
    case 'type':
      return { sort, type: description.type ?? abstractResource(name, host) };
    case 'instance':
      return { sort, exports: declaredExports(plan, description.type, host === undefined ? undefined : nestedName(host, name)) };
    case 'component':
      return { sort, component: { body: undefined } };
    case 'module':
      return { sort, module: { body: undefined } };
  }
}

function abstractResource(name: string, host: string | undefined): ResourceType {
  const iface = host === undefined ? undefined : splitVersion(host).name;
  return { kind: 'resource', definedBy: -1, destructor: -1, host: iface === undefined ? undefined : { iface, name } };
}

/** The `#` keeps an instance within an instance apart from every interface that has a name of its own. */
function nestedName(host: string, name: string): string {
  return host === '' ? name : `${host}#${name}`;
}
