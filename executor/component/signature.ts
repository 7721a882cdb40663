/** A function type compiled: how its parameters and result travel. CanonicalABI.md, "Flattening" (flatten_functype), "Lifting and Lowering Values". */
import type { FunctionType } from '../../component/types.ts';
import type { Abi } from './abi/abi.ts';
import { type AbiCompiler, hasHandle } from './abi/compile.ts';
import { tupleAbi } from './abi/products.ts';
import type { Context } from './context.ts';
import type { FlatValue } from './faults.ts';

export class Signature {
  /** Core parameters, without the pointer to the result that lowered functions take. */
  readonly width: number;
  /** Whether any parameter may hold a borrowed handle, and whether all handles in them are plain borrowed parameters. */
  readonly borrows: boolean;
  readonly onlyBorrows: boolean;
  readonly result: Abi | undefined;
  /** More than MAX_FLAT_RESULTS core values: the result lies in memory. */
  readonly resultInMemory: boolean;
  readonly #params: readonly Abi[];
  readonly #positions: readonly number[];
  /** More than MAX_FLAT_PARAMS core values: all parameters lie in memory as one tuple. */
  readonly #tuple: Abi | undefined;
  readonly #cost: number;

  constructor(abis: AbiCompiler, type: FunctionType) {
    this.#params = type.params.map((param) => abis.compile(param.type));
    const { core, paramsInMemory, resultInMemory } = abis.flattener.function(type, 'lift');
    const tuple = tupleAbi(this.#params, undefined);
    this.#tuple = paramsInMemory ? tuple : undefined;
    this.#cost = tuple.cost;
    this.width = core.params.length;
    let position = 0;
    this.#positions = this.#params.map((param) => (position += param.flat?.length ?? 0) - (param.flat?.length ?? 0));
    this.borrows = type.params.some((param) => hasHandle(param.type, ({ kind }) => kind === 'borrow'));
    this.onlyBorrows = type.params.every((param) => param.type.kind === 'borrow');
    this.result = type.result === undefined ? undefined : abis.compile(type.result);
    this.resultInMemory = resultInMemory;
  }

  /** For `canon lift`: from the caller's values to the callee's core parameters. */
  lowerParams(c: Context, args: readonly unknown[]): FlatValue[] {
    const params = this.#params;
    if (args.length !== params.length) throw new TypeError(`expected ${params.length} arguments, got ${args.length}`);
    if (this.#tuple !== undefined) {
      const pointer = c.realloc(0, 0, this.#tuple.align, this.#tuple.size);
      this.#tuple.store(c, pointer, args);
      return [pointer | 0];
    }
    const flat: FlatValue[] = [];
    for (let i = 0; i < params.length; i++) (params[i] as Abi).lower(c, args[i], flat, this.#positions[i] as number);
    return flat;
  }

  /** For `canon lower`: from the caller's core parameters to values. */
  liftParams(c: Context, flat: readonly FlatValue[]): readonly unknown[] {
    c.spend(this.#cost);
    if (this.#tuple !== undefined) {
      const pointer = (flat[0] as number) >>> 0;
      c.check(pointer, this.#tuple.size, this.#tuple.align);
      return this.#tuple.load(c, pointer) as unknown[];
    }
    const params = this.#params;
    const args: unknown[] = [];
    for (let i = 0; i < params.length; i++) args.push((params[i] as Abi).lift(c, flat, this.#positions[i] as number));
    return args;
  }

  /** For `canon lift`. @param core what the core function returned */
  liftResult(c: Context, core: unknown): unknown {
    const { result } = this;
    if (result === undefined) return undefined;
    c.spend(result.cost);
    if (!this.resultInMemory) return result.lift(c, [core as FlatValue], 0);
    const pointer = (core as number) >>> 0;
    c.check(pointer, result.size, result.align);
    return result.load(c, pointer);
  }

  /** For `canon lower`. @param flat core parameters; the last one points to where a result in memory goes */
  lowerResult(c: Context, value: unknown, flat: readonly FlatValue[]): FlatValue | undefined {
    const { result } = this;
    if (result === undefined) return undefined;
    if (this.resultInMemory) {
      const pointer = (flat[this.width] as number) >>> 0;
      c.check(pointer, result.size, result.align);
      result.store(c, pointer, value);
      return undefined;
    }
    const lowered: FlatValue[] = [];
    result.lower(c, value, lowered, 0);
    return lowered[0];
  }
}
