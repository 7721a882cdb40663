/** Lookup tables of WIT types for the conversions from and to JSON, made once per type object. Names are only ever keys of Maps here. */
import type { WitType } from './wit.ts';

export type WitRecord = Extract<WitType, { readonly kind: 'record' }>;
export type WitVariant = Extract<WitType, { readonly kind: 'variant' }>;
export type WitNames = Extract<WitType, { readonly kind: 'enum' | 'flags' }>;

/** A field or a flag. */
export interface MemberShape {
  /** As in WIT. */
  readonly name: string;
  /** Its property in a WitValue. */
  readonly property: string;
}

export interface FieldShape extends MemberShape {
  readonly type: WitType;
  /** It may be left out. */
  readonly optional: boolean;
}

export interface RecordShape {
  readonly fields: readonly FieldShape[];
  /** By kebab and by camelCase name. */
  readonly byKey: ReadonlyMap<string, FieldShape>;
  /** How many may not be left out. */
  readonly required: number;
}

export interface FlagsShape {
  readonly flags: readonly MemberShape[];
  /** By kebab and by camelCase name. */
  readonly byKey: ReadonlyMap<string, MemberShape>;
}

/** Payload types by name of the case. */
export type CasesShape = ReadonlyMap<string, WitType | undefined>;

/** `first-name` becomes `firstName`, `HTTP-status` `httpStatus`: the properties of jco's bindings. */
export function camelCase(name: string): string {
  const words = name.toLowerCase().split('-');
  return words.map((word, i) => (i === 0 ? word : word.slice(0, 1).toUpperCase() + word.slice(1))).join('');
}

export const recordShape = memo((type: WitRecord): RecordShape => {
  const fields = type.fields.map((field) => ({ ...field, property: camelCase(field.name), optional: isOptional(field.type) }));
  return { fields, byKey: byKey(fields), required: fields.filter(({ optional }) => !optional).length };
});

export const flagsShape = memo((type: WitNames): FlagsShape => {
  const flags = type.names.map((name) => ({ name, property: camelCase(name) }));
  return { flags, byKey: byKey(flags) };
});

export const casesShape = memo((type: WitVariant): CasesShape => new Map(type.cases.map((one) => [one.name, one.type])));

export const namesShape = memo((type: WitNames): ReadonlySet<string> => new Set(type.names));

/** @returns whether `undefined` is a value of the type; an option of an option has to say which of the two is absent */
export function isOptional(type: WitType): boolean {
  return type.kind === 'option' && type.of.kind !== 'option';
}

/** The name as in WIT wins where the camelCase name of another member is the same. */
function byKey<Member extends MemberShape>(members: readonly Member[]): ReadonlyMap<string, Member> {
  const camel = members.map((member): [string, Member] => [member.property, member]);
  return new Map([...camel, ...members.map((member): [string, Member] => [member.name, member])]);
}

function memo<Type extends WitType, Shape>(make: (type: Type) => Shape): (type: Type) => Shape {
  const made = new WeakMap<Type, Shape>();
  return (type) => {
    let shape = made.get(type);
    if (shape === undefined) {
      shape = make(type);
      made.set(type, shape);
    }
    return shape;
  };
}
