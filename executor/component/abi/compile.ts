/** Compiles value types, each once. */
import { camelCase } from '../../../contracts/wit-shapes.ts';
import { ComponentError } from '../../../component/error.ts';
import { Flattener, maxFlatParams } from '../../../component/flat.ts';
import { isPrimitive, partsOf } from '../../../component/type-parts.ts';
import { isLabel, uniqueKey } from '../../../component/names.ts';
import type { ValueType } from '../../../component/types.ts';
import type { Abi } from './abi.ts';
import { flagsAbi } from './flags.ts';
import { fixedListAbi, listAbi } from './lists.ts';
import { recordAbi, tupleAbi } from './products.ts';
import { borrowAbi, ownAbi } from './resources.ts';
import { scalars } from './scalars.ts';
import { stringAbi } from './strings.ts';
import { enumForm, optionForm, sumAbi, taggedForm } from './sums.ts';

type HandleType = Extract<ValueType, { readonly resource: unknown }>;

const primitives: ReadonlyMap<string, Abi> = new Map([...scalars, ['string', stringAbi]]);

/** Of one component. Types are the same when they are the same object. */
export class AbiCompiler {
  readonly flattener = new Flattener();
  readonly #compiled = new Map<ValueType, Abi>();

  /**
   * @param type neither too large nor nested too deeply (component/measure.ts)
   * @throws ComponentError for streams and futures
   */
  compile(type: ValueType): Abi {
    let abi = this.#compiled.get(type);
    if (abi === undefined) {
      abi = this.#make(type);
      this.#compiled.set(type, abi);
    }
    return abi;
  }

  #all(types: readonly ValueType[]): Abi[] {
    return types.map((type) => this.compile(type));
  }

  #optional(type: ValueType | undefined): Abi | undefined {
    return type === undefined ? undefined : this.compile(type);
  }

  #flat(type: ValueType): Abi['flat'] {
    const flat = this.flattener.type(type);
    return flat.length > maxFlatParams ? undefined : flat;
  }

  #make(type: ValueType): Abi {
    if (isPrimitive(type)) return primitives.get(type.kind) as Abi;
    const flat = this.#flat(type);
    switch (type.kind) {
      case 'list':
        if (type.length === undefined) return listAbi(type.of.kind, this.compile(type.of));
        return fixedListAbi(type.of.kind, this.compile(type.of), type.length, flat);
      case 'tuple':
        return tupleAbi(this.#all(type.of), flat);
      case 'record':
        return recordAbi(this.#all(type.fields.map((field) => field.type)), keysOf(type.fields.map(({ name }) => name)), flat);
      case 'flags':
        return flagsAbi(keysOf(type.names));
      case 'enum':
        return sumAbi(
          type.names.map(() => undefined),
          enumForm(type.names),
          flat,
        );
      case 'variant':
        return sumAbi(
          type.cases.map((one) => this.#optional(one.type)),
          taggedForm(type.cases.map(({ name }) => name)),
          flat,
        );
      case 'result':
        return sumAbi([this.#optional(type.ok), this.#optional(type.err)], taggedForm(['ok', 'err']), flat);
      case 'option':
        return sumAbi([undefined, this.compile(type.of)], type.of.kind === 'option' ? taggedForm(['none', 'some']) : optionForm, flat);
      case 'own':
        return ownAbi(type.resource);
      case 'borrow':
        return borrowAbi(type.resource);
      case 'stream':
      case 'future':
        throw new ComponentError('unsupported', `values of type ${type.kind} are not supported`);
    }
  }
}

/** These become properties of ordinary objects: nothing else than different labels may get there. */
function keysOf(names: readonly string[]): string[] {
  const other = names.find((name) => !isLabel(name));
  if (other !== undefined) throw new ComponentError('invalid', `${JSON.stringify(other)} is not a name of a field or flag`);
  if (new Set(names.map(uniqueKey)).size < names.length) throw new ComponentError('invalid', 'two fields or flags have the same name');
  return names.map(camelCase);
}

/** @returns whether values of it may have handles in them for which `test` holds */
export function hasHandle(
  type: ValueType | undefined,
  test: (handle: HandleType) => boolean,
  known: Map<ValueType, boolean> = new Map(),
): boolean {
  if (type === undefined) return false;
  let found = known.get(type);
  if (found === undefined) {
    found = type.kind === 'own' || type.kind === 'borrow' ? test(type) : partsOf(type).some((part) => hasHandle(part, test, known));
    known.set(type, found);
  }
  return found;
}
