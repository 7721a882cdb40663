/** The functions that a component exports, with their WIT types as plain data. */
import type { WitCase, WitSignature, WitType } from '../contracts/wit.ts';
import { ComponentError } from './error.ts';
import type { ComponentFunction, ComponentPlan, Extern } from './plan.ts';
import { quote } from './reader.ts';
import { isPrimitive, partsOf, typesOf } from './type-parts.ts';
import type { FunctionType, ValueType } from './types.ts';

export type ExportedFunction =
  | { readonly name: string; readonly signature: WitSignature }
  /** `refused` says what of its type no call from outside can carry: `the resource "file"`, `a stream`. */
  | { readonly name: string; readonly refused: string };

/**
 * Functions of the root by name, those of exported instances as `interface#function` with the interface as written, version included.
 * Instances within instances are not looked into: WIT has none.
 * @param maxTypeNodes types and names, written out in full, in all signatures together
 * @throws ComponentError `excess` for more than that
 */
export function exportedFunctions(plan: ComponentPlan, maxTypeNodes: number): ExportedFunction[] {
  const refusals = new Refusals(resourceNames(plan.exports));
  const writer = new TypeWriter(maxTypeNodes);
  return functionsOf(plan.exports)
    .map(({ name, func }) => {
      const refused = refusals.ofFunction(func);
      return refused === undefined ? { name, signature: writer.signature(func.type) } : { name, refused };
    })
    .toArray();
}

/** Functions of the root by name, those of exported instances as `interface#function`. */
export function* functionsOf(exports: ReadonlyMap<string, Extern>): Generator<{ readonly name: string; readonly func: ComponentFunction }> {
  for (const [name, extern] of exports) {
    if (extern.sort === 'func') yield { name, func: extern.func };
    if (extern.sort !== 'instance') continue;
    for (const [inner, each] of extern.exports) if (each.sort === 'func') yield { name: `${name}#${inner}`, func: each.func };
  }
}

/** Guests name resources only by exporting them. */
function resourceNames(exports: ReadonlyMap<string, Extern>): ReadonlyMap<unknown, string> {
  const names = new Map<unknown, string>();
  const add = (name: string, extern: Extern): void => {
    if (extern.sort === 'type') names.set(extern.type, name);
  };
  for (const [name, extern] of exports) {
    add(name, extern);
    if (extern.sort === 'instance') for (const [inner, each] of extern.exports) add(inner, each);
  }
  return names;
}

/** What of a type cannot be carried; kept per type, because types share their parts. */
class Refusals {
  readonly #resourceNames: ReadonlyMap<unknown, string>;
  readonly #known = new Map<ValueType, string | undefined>();

  constructor(names: ReadonlyMap<unknown, string>) {
    this.#resourceNames = names;
  }

  ofFunction(func: ComponentFunction): string | undefined {
    if (func.kind === 'host') return 'an import passed on as it is';
    return this.#first(typesOf(func.type));
  }

  #first(types: readonly ValueType[]): string | undefined {
    for (const type of types) {
      if (!this.#known.has(type)) this.#known.set(type, this.#own(type) ?? this.#first(partsOf(type)));
      const refusal = this.#known.get(type);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #own(type: ValueType): string | undefined {
    if (type.kind === 'own' || type.kind === 'borrow') {
      const name = this.#resourceNames.get(type.resource) ?? type.resource.host?.name;
      return name === undefined ? 'a resource' : `the resource ${quote(name)}`;
    }
    return type.kind === 'stream' || type.kind === 'future' ? `a ${type.kind}` : undefined;
  }
}

const charactersPerNode = 64;

/** Writes types out in full, within a budget. */
class TypeWriter {
  readonly #maxNodes: number;
  #nodes = 0;

  constructor(maxNodes: number) {
    this.#maxNodes = maxNodes;
  }

  signature({ params, result }: FunctionType): WitSignature {
    const fields = params.map(({ name, type }) => ({ name: this.#name(name), type: this.#type(type) }));
    return { params: fields, ...(result !== undefined && { result: this.#type(result) }) };
  }

  #name(name: string): string {
    this.#spend(Math.floor(name.length / charactersPerNode));
    return name;
  }

  #spend(nodes: number): void {
    this.#nodes += nodes;
    if (this.#nodes > this.#maxNodes) throw new ComponentError('excess', `the exported functions have more than ${this.#maxNodes} types`);
  }

  #type(type: ValueType): WitType {
    this.#spend(1);
    if (isPrimitive(type)) return { kind: type.kind };
    switch (type.kind) {
      case 'list':
        return { kind: 'list', of: this.#type(type.of), ...(type.length !== undefined && { length: type.length }) };
      case 'option':
        return { kind: 'option', of: this.#type(type.of) };
      case 'result':
        return { kind: 'result', ...this.#optional('ok', type.ok), ...this.#optional('err', type.err) };
      case 'tuple':
        return { kind: 'tuple', of: type.of.map((part) => this.#type(part)) };
      case 'record':
        return { kind: 'record', fields: type.fields.map((field) => ({ name: this.#name(field.name), type: this.#type(field.type) })) };
      case 'variant':
        return { kind: 'variant', cases: type.cases.map((each) => this.#case(each)) };
      case 'enum':
      case 'flags':
        this.#spend(type.names.length);
        return { kind: type.kind, names: type.names.map((name) => this.#name(name)) };
      case 'own':
      case 'borrow':
      case 'stream':
      case 'future':
        throw new ComponentError('unsupported', `a type with a ${type.kind}`);
    }
  }

  #case({ name, type }: { readonly name: string; readonly type: ValueType | undefined }): WitCase {
    this.#spend(1);
    return { name: this.#name(name), ...this.#optional('type', type) };
  }

  #optional<K extends string>(key: K, type: ValueType | undefined): { readonly [P in K]?: WitType } {
    return type === undefined ? {} : ({ [key]: this.#type(type) } as { readonly [P in K]: WitType });
  }
}
