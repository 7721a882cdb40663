/** Writes the types and functions of one interface or world in WIT syntax; named types are written by name. Pure. */
import type { Extern } from '../../component/plan.ts';
import type { FunctionType, ResourceType, ValueType } from '../../component/types.ts';
import { invalid } from '../../component/error.ts';

/** Words of WIT, which need a `%` as names (WIT.md, "Keywords"). */
const keywords = new Set(
  'as async bool borrow char constructor enum export f32 f64 flags from func future import include interface list map option own package record resource result s16 s32 s64 s8 static stream string tuple type u16 u32 u64 u8 use variant with world'.split(
    ' ',
  ),
);

/** Characters of one type, named types within it written out; past it no description is given. */
const maxTypeLength = 100_000;

export class WitScope {
  /** Structure -> name: types have no names of their own, and equal ones are the same to a caller. */
  readonly #names = new Map<string, string>();
  readonly #resources = new Map<ResourceType, string>();
  readonly #structures = new Map<ValueType, string>();
  readonly #versioned: (iface: string) => string;

  /** @param versioned name of an imported interface without version -> with it */
  constructor(versioned: (iface: string) => string) {
    this.#versioned = versioned;
  }

  /** @returns the declarations of all types in `items`, in their order, then its functions where `functions` says so */
  write(items: ReadonlyMap<string, Extern>, functions: (name: string, text: string) => string): string[] {
    const lines: string[] = [];
    for (const [name, item] of items)
      if (item.sort === 'type') lines.push(...this.#declare(name, item.type as ValueType | ResourceType, items));
    for (const [name, item] of items)
      if (item.sort === 'func' && !name.startsWith('[')) lines.push(functions(identifier(name), this.#signature(item.func.type, 0)));
    return lines;
  }

  #declare(name: string, type: ValueType | ResourceType, items: ReadonlyMap<string, Extern>): string[] {
    if (type.kind === 'resource') return this.#declareResource(name, type, items);
    const structure = this.#structure(type);
    const known = this.#names.get(structure);
    const text = known === undefined ? this.#definition(name, type) : [`type ${identifier(name)} = ${known};`];
    if (known === undefined) this.#names.set(structure, identifier(name));
    return text;
  }

  #declareResource(name: string, type: ResourceType, items: ReadonlyMap<string, Extern>): string[] {
    const known = this.#resources.get(type);
    if (known !== undefined) return [`type ${identifier(name)} = ${known};`];
    this.#resources.set(type, identifier(name));
    if (type.host !== undefined) {
      const alias = type.host.name === name ? '' : ` as ${identifier(name)}`;
      return [`use ${this.#versioned(type.host.iface)}.{${identifier(type.host.name)}${alias}};`];
    }
    const members: string[] = [];
    for (const [full, item] of items) {
      const [, kind, owner, member] = /^\[(constructor|method|static)\]([^.]+)(?:\.(.+))?$/.exec(full) ?? [];
      if (item.sort !== 'func' || owner !== name) continue;
      const { type: func } = item.func;
      if (kind === 'constructor') members.push(`constructor(${this.#params(func, 0)});`);
      else if (kind === 'method') members.push(`${identifier(member ?? '')}: ${this.#signature(func, 1)};`);
      else members.push(`${identifier(member ?? '')}: static ${this.#signature(func, 0)};`);
    }
    return members.length === 0 ? [`resource ${identifier(name)};`] : block(`resource ${identifier(name)}`, members);
  }

  #definition(name: string, type: ValueType): string[] {
    const head = `${type.kind} ${identifier(name)}`;
    if (type.kind === 'record')
      return block(
        head,
        type.fields.map((field) => `${identifier(field.name)}: ${this.#text(field.type)},`),
      );
    if (type.kind === 'variant')
      return block(
        head,
        type.cases.map((one) => `${identifier(one.name)}${one.type === undefined ? '' : `(${this.#text(one.type)})`},`),
      );
    if (type.kind === 'enum' || type.kind === 'flags')
      return block(
        head,
        type.names.map((one) => `${identifier(one)},`),
      );
    return [`type ${identifier(name)} = ${this.#text(type)};`];
  }

  /** @param skip parameters that are left out: `self` */
  #signature(type: FunctionType, skip: number): string {
    return `func(${this.#params(type, skip)})${type.result === undefined ? '' : ` -> ${this.#text(type.result)}`}`;
  }

  #params({ params }: FunctionType, skip: number): string {
    return params
      .slice(skip)
      .map(({ name, type }) => `${identifier(name)}: ${this.#text(type)}`)
      .join(', ');
  }

  /** By name where it has one. */
  #text(type: ValueType): string {
    return this.#names.get(this.#structure(type)) ?? this.#spell(type, (part) => this.#text(part));
  }

  /** Equal for equal types, whatever their names. */
  #structure(type: ValueType): string {
    const known = this.#structures.get(type);
    if (known !== undefined) return known;
    const text = this.#spell(type, (part) => this.#structure(part));
    if (text.length > maxTypeLength) throw invalid('a type is too large to be described');
    this.#structures.set(type, text);
    return text;
  }

  #spell(type: ValueType, part: (type: ValueType) => string): string {
    switch (type.kind) {
      case 'list':
        return `list<${part(type.of)}${type.length === undefined ? '' : `, ${type.length}`}>`;
      case 'option':
        return `option<${part(type.of)}>`;
      case 'tuple':
        return `tuple<${type.of.map(part).join(', ')}>`;
      case 'result': {
        const { ok, err } = type;
        if (err === undefined) return ok === undefined ? 'result' : `result<${part(ok)}>`;
        return `result<${ok === undefined ? '_' : part(ok)}, ${part(err)}>`;
      }
      case 'stream':
      case 'future':
        return type.of === undefined ? type.kind : `${type.kind}<${part(type.of)}>`;
      case 'own':
        return this.#resources.get(type.resource) ?? 'own<resource>';
      case 'borrow':
        return `borrow<${this.#resources.get(type.resource) ?? 'resource'}>`;
      // Not legal in WIT without a name; shown where a component gives it none.
      case 'record':
        return `record { ${type.fields.map((field) => `${field.name}: ${part(field.type)}`).join(', ')} }`;
      case 'variant':
        return `variant { ${type.cases.map((one) => (one.type === undefined ? one.name : `${one.name}(${part(one.type)})`)).join(', ')} }`;
      case 'enum':
      case 'flags':
        return `${type.kind} { ${type.names.join(', ')} }`;
      case 'bool':
      case 's8':
      case 'u8':
      case 's16':
      case 'u16':
      case 's32':
      case 'u32':
      case 's64':
      case 'u64':
      case 'f32':
      case 'f64':
      case 'char':
      case 'string':
        return type.kind;
    }
  }
}

/** A label as WIT has it: words of the language escaped. */
export function identifier(label: string): string {
  return keywords.has(label) ? `%${label}` : label;
}

/** @returns the head, the lines two further in, the closing brace */
export function block(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...lines.map((line) => `  ${line}`), '}'];
}
