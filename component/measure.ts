/** Facts about value types that validation and flattening ask for again and again; kept per type, because types share their parts. */
import { ComponentError } from './error.ts';
import { partsOf, typesOf } from './type-parts.ts';
import type { FunctionType, ValueType } from './types.ts';

export interface Measure {
  /** Types written out in full: shared parts count at every use, a fixed-length list counts its elements. */
  readonly nodes: number;
  readonly depth: number;
  readonly hasBorrow: boolean;
  readonly hasHandle: boolean;
  /** Strings and lists of any length: their contents live in linear memory. */
  readonly hasPointer: boolean;
  /** What it has of streams and futures. */
  readonly concurrent: 'stream' | 'future' | undefined;
}

/** Whoever walks a type, here or in the executor, can rely on these. */
const most = { nodes: 10_000, depth: 100 } as const;

export class Measures {
  readonly #known = new Map<ValueType, Measure>();

  /** @throws ComponentError `excess` for a type that is too large or too deep */
  of(type: ValueType, offset?: number): Measure {
    const known = this.#known.get(type);
    if (known !== undefined) return known;
    const measure = this.#measure(type, offset);
    if (measure.nodes > most.nodes) throw new ComponentError('excess', `a type of more than ${most.nodes} parts`, offset);
    if (measure.depth > most.depth) throw new ComponentError('excess', `a type of more than ${most.depth} levels`, offset);
    this.#known.set(type, measure);
    return measure;
  }

  /** The stream or future in a function's parameters or result. */
  concurrencyOf(type: FunctionType): 'stream' | 'future' | undefined {
    for (const part of typesOf(type)) {
      const { concurrent } = this.of(part);
      if (concurrent !== undefined) return concurrent;
    }
    return undefined;
  }

  #measure(type: ValueType, offset: number | undefined): Measure {
    const parts = partsOf(type).map((part) => this.of(part, offset));
    const times = type.kind === 'list' ? (type.length ?? 1) : 1;
    return {
      nodes: 1 + times * parts.reduce((sum, { nodes }) => sum + nodes, 0) + namesIn(type),
      depth: 1 + parts.reduce((deepest, { depth }) => Math.max(deepest, depth), 0),
      hasBorrow: type.kind === 'borrow' || parts.some(({ hasBorrow }) => hasBorrow),
      hasHandle: type.kind === 'own' || type.kind === 'borrow' || parts.some(({ hasHandle }) => hasHandle),
      hasPointer:
        type.kind === 'string' || (type.kind === 'list' && type.length === undefined) || parts.some(({ hasPointer }) => hasPointer),
      concurrent:
        type.kind === 'stream' || type.kind === 'future' ? type.kind : parts.find(({ concurrent }) => concurrent !== undefined)?.concurrent,
    };
  }
}

function namesIn(type: ValueType): number {
  if (type.kind === 'enum' || type.kind === 'flags') return type.names.length;
  return type.kind === 'variant' ? type.cases.filter((each) => each.type === undefined).length : 0;
}
