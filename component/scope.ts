/** The index spaces of one component, component type or instance type while it is decoded (Explainer.md, "Index Spaces"). */
import { invalid } from './error.ts';
import type { ComponentFunction, CoreInstanceRef, CoreItem, CoreSort } from './plan.ts';
import type { FunctionType, ResourceType, ValueType } from './types.ts';

/** Bytes `[start, end)` of the file. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A type of components or instances: its declarations are decoded anew at every use, because each use has its own abstract resources. */
export interface DeclaredType {
  readonly kind: 'component-type' | 'instance-type';
  readonly declarations: Range;
  readonly scope: Scope;
}

export type DefinedType = ValueType | FunctionType | ResourceType | DeclaredType;

/** A component as defined: evaluated at every instantiation. `body` is undefined where it is only declared. */
export interface ComponentDefinition {
  readonly body: (Range & { readonly scope: Scope | undefined }) | undefined;
}

/** A core module; undefined where it is only declared. */
export interface ModuleDefinition {
  readonly body: Range | undefined;
}

/** What can be imported, exported and passed to an instantiation. */
export type Definition =
  | { readonly sort: 'func'; readonly func: ComponentFunction }
  | { readonly sort: 'instance'; readonly exports: ReadonlyMap<string, Definition> }
  | { readonly sort: 'type'; readonly type: DefinedType }
  | { readonly sort: 'component'; readonly component: ComponentDefinition }
  | { readonly sort: 'module'; readonly module: ModuleDefinition };

export type Sort = Definition['sort'];

export class Scope {
  readonly parent: Scope | undefined;
  /** Number of the component instance; -1 inside types. */
  readonly instance: number;
  readonly spaces: { readonly [S in Sort]: Definition[] } = { func: [], instance: [], type: [], component: [], module: [] };
  readonly core: { readonly [S in CoreSort]: CoreItem[] } = { func: [], table: [], memory: [], global: [], tag: [] };
  readonly coreInstances: CoreInstanceRef[] = [];
  readonly exports = new Map<string, Definition>();
  /** Keys of the names seen, imports and exports apart (names.ts). */
  readonly importKeys = new Set<string>();
  readonly exportKeys = new Set<string>();

  constructor(parent: Scope | undefined, instance: number) {
    this.parent = parent;
    this.instance = instance;
  }

  define(definition: Definition): void {
    this.spaces[definition.sort].push(definition);
  }

  /** The definition with this index in the space of its sort. */
  get<S extends Sort>(sort: S, index: number, offset: number): Extract<Definition, { sort: S }> {
    const found = this.spaces[sort][index];
    if (found === undefined) throw invalid(`there is no ${sort} ${index}`, offset);
    // Each space holds definitions of its own sort only: define() sees to it.
    return found as Extract<Definition, { sort: S }>;
  }

  getCore(sort: CoreSort, index: number, offset: number): CoreItem {
    const found = this.core[sort][index];
    if (found === undefined) throw invalid(`there is no core ${sort} ${index}`, offset);
    return found;
  }

  getCoreInstance(index: number, offset: number): CoreInstanceRef {
    const found = this.coreInstances[index];
    if (found === undefined) throw invalid(`there is no core instance ${index}`, offset);
    return found;
  }
}
