/** Core types of component functions (CanonicalABI.md, "Flattening"). */
import type { FuncType } from '../wasm/types.ts';
import { partsOf } from './type-parts.ts';
import type { FunctionType, ValueType } from './types.ts';

export type FlatType = 'i32' | 'i64' | 'f32' | 'f64';

/** More than these go through linear memory (CanonicalABI.md, MAX_FLAT_PARAMS and MAX_FLAT_RESULTS). */
export const maxFlatParams = 16;
export const maxFlatResults = 1;

/** What a lifted or lowered function needs and how core code sees it. */
export interface FlatFunction {
  readonly core: FuncType;
  /** Whether parameters, or results, go through linear memory because there are too many. */
  readonly paramsInMemory: boolean;
  readonly resultInMemory: boolean;
}

/** Keeps what it flattened: types share their parts. */
export class Flattener {
  readonly #known = new Map<ValueType, readonly FlatType[]>();

  /** `flatten_functype`. A lifted function returns a pointer to many results, a lowered one is given a pointer to write them to. */
  function(type: FunctionType, direction: 'lift' | 'lower'): FlatFunction {
    const params = cut(type.params.values().flatMap((param) => this.type(param.type)));
    const results = type.result === undefined ? [] : this.type(type.result);
    const paramsInMemory = params.length > maxFlatParams;
    const resultInMemory = results.length > maxFlatResults;
    const given: readonly FlatType[] = paramsInMemory ? ['i32'] : params;
    const core: FuncType =
      resultInMemory && direction === 'lower'
        ? { params: [...given, 'i32'], results: [] }
        : { params: given, results: resultInMemory ? ['i32'] : results };
    return { core, paramsInMemory, resultInMemory };
  }

  /** `flatten_type`, but no more than the first `maxFlatParams` + 1: what comes after makes no difference. */
  type(type: ValueType): readonly FlatType[] {
    const known = this.#known.get(type);
    if (known !== undefined) return known;
    const flat = this.#flatten(type);
    this.#known.set(type, flat);
    return flat;
  }

  #flatten(type: ValueType): readonly FlatType[] {
    if (type.kind === 'list' && type.length !== undefined) {
      return cut(Array.from({ length: Math.min(type.length, maxFlatParams + 1) }, () => this.type(type.of)).flat());
    }
    if (type.kind === 'list' || type.kind === 'string') return ['i32', 'i32'];
    if (type.kind === 'record' || type.kind === 'tuple') {
      const parts = partsOf(type).values();
      return cut(parts.flatMap((part) => this.type(part)));
    }
    if (type.kind === 'variant' || type.kind === 'option' || type.kind === 'result') return this.#variant(partsOf(type));
    if (type.kind === 'u64' || type.kind === 's64') return ['i64'];
    return type.kind === 'f32' || type.kind === 'f64' ? [type.kind] : ['i32'];
  }

  /** `flatten_variant`: the discriminant, then what each place of the payloads can hold. */
  #variant(payloads: readonly ValueType[]): readonly FlatType[] {
    const joined: FlatType[] = [];
    for (const payload of payloads) {
      for (const [i, flat] of this.type(payload).entries()) {
        const before = joined[i];
        joined[i] = before === undefined ? flat : join(before, flat);
      }
    }
    return cut(['i32', ...joined]);
  }
}

function join(a: FlatType, b: FlatType): FlatType {
  if (a === b) return a;
  return (a === 'i32' && b === 'f32') || (a === 'f32' && b === 'i32') ? 'i32' : 'i64';
}

function cut(flat: Iterable<FlatType>): readonly FlatType[] {
  return Iterator.from(flat)
    .take(maxFlatParams + 1)
    .toArray();
}
