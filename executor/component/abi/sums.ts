/** Variants, enums, options and results. CanonicalABI.md, "Despecialization", load_variant, store_variant, lift_flat_variant, lower_flat_variant. */
import type { Context } from '../context.ts';
import { fail, type FlatValue } from '../faults.ts';
import { type Abi, alignTo } from './abi.ts';
import { coercionsOf } from './joined.ts';

/** How values of a sum look in JavaScript. */
export interface SumForm {
  readonly wrap: (index: number, payload: unknown) => unknown;
  /** @throws TypeError for a value that is none of the cases */
  readonly indexOf: (value: unknown) => number;
  readonly payloadOf: (value: unknown) => unknown;
}

interface Tagged {
  readonly tag: unknown;
  readonly val?: unknown;
}

/** `{ tag, val }`. @param names of the cases, in order */
export function taggedForm(names: readonly string[]): SumForm {
  const indices = new Map<unknown, number>(names.map((name, i) => [name, i]));
  return {
    wrap: (index, val) => ({ tag: names[index], val }),
    indexOf: (value) => known(indices, (value as Tagged).tag),
    payloadOf: (value) => (value as Tagged).val,
  };
}

/** The name of the case alone. */
export function enumForm(names: readonly string[]): SumForm {
  const indices = new Map<unknown, number>(names.map((name, i) => [name, i]));
  return { wrap: (index) => names[index], indexOf: (value) => known(indices, value), payloadOf: () => undefined };
}

/** The payload, or undefined. */
export const optionForm: SumForm = {
  wrap: (_, payload) => payload,
  indexOf: (value) => (value === undefined || value === null ? 0 : 1),
  payloadOf: (value) => value,
};

function known(indices: ReadonlyMap<unknown, number>, name: unknown): number {
  const index = indices.get(name);
  if (index === undefined) throw new TypeError(`no such case: ${String(name)}`);
  return index;
}

/** "discriminant_type": as few bytes as the number of cases needs. */
function discriminantSize(cases: number): 1 | 2 | 4 {
  if (cases <= 2 ** 8) return 1;
  return cases <= 2 ** 16 ? 2 : 4;
}

function loadDiscriminant(c: Context, pointer: number, size: 1 | 2 | 4): number {
  if (size === 1) return c.view.getUint8(pointer);
  return size === 2 ? c.view.getUint16(pointer, true) : c.view.getUint32(pointer, true);
}

function storeDiscriminant(c: Context, pointer: number, size: 1 | 2 | 4, index: number): void {
  if (size === 1) c.view.setUint8(pointer, index);
  else if (size === 2) c.view.setUint16(pointer, index, true);
  else c.view.setUint32(pointer, index, true);
}

/**
 * @param cases types of the payloads; undefined: none
 * @param flat  the discriminant, then what fits every payload ("flatten_variant")
 */
export function sumAbi(cases: readonly (Abi | undefined)[], form: SumForm, flat: Abi['flat']): Abi {
  const tagSize = discriminantSize(cases.length);
  const payloads = cases.filter((one) => one !== undefined);
  const payloadAlign = Math.max(1, ...payloads.map(({ align }) => align));
  const offset = alignTo(tagSize, payloadAlign);
  const align = Math.max(tagSize, payloadAlign);
  const check = (c: Context, index: number): number => {
    if (index >= cases.length) fail(c.state, `invalid discriminant ${index}: there are ${cases.length} cases`);
    return index;
  };
  return {
    size: alignTo(offset + Math.max(0, ...payloads.map(({ size }) => size)), align),
    align,
    cost: 40 + Math.max(0, ...payloads.map(({ cost }) => cost)),
    load: (c, p) => {
      const index = check(c, loadDiscriminant(c, p, tagSize));
      return form.wrap(index, cases[index]?.load(c, p + offset));
    },
    store: (c, p, v) => {
      const index = form.indexOf(v);
      storeDiscriminant(c, p, tagSize, index);
      cases[index]?.store(c, p + offset, form.payloadOf(v));
    },
    flat,
    ...flatSum(cases, form, flat?.slice(1), check),
  };
}

function flatSum(
  cases: readonly (Abi | undefined)[],
  form: SumForm,
  joined: Abi['flat'],
  check: (c: Context, index: number) => number,
): Pick<Abi, 'lift' | 'lower'> {
  const zeroes: readonly FlatValue[] = (joined ?? []).map((type) => (type === 'i64' ? 0n : 0));
  const coercions = cases.map((one) => (one?.flat === undefined || joined === undefined ? undefined : coercionsOf(one.flat, joined)));
  return {
    lift: (c, f, at) => {
      const index = check(c, (f[at] as number) >>> 0);
      const one = cases[index];
      if (one === undefined) return form.wrap(index, undefined);
      const coercion = coercions[index];
      if (coercion === undefined) return form.wrap(index, one.lift(c, f, at + 1));
      const own = coercion.narrow.map((narrow, i) => narrow?.(f[at + 1 + i] as FlatValue) ?? (f[at + 1 + i] as FlatValue));
      return form.wrap(index, one.lift(c, own, 0));
    },
    lower: (c, v, f, at) => {
      const index = form.indexOf(v);
      const one = cases[index];
      f[at] = index;
      if (one !== undefined) {
        one.lower(c, form.payloadOf(v), f, at + 1);
        for (const [i, widen] of coercions[index]?.widen.entries() ?? []) {
          if (widen !== undefined) f[at + 1 + i] = widen(f[at + 1 + i] as FlatValue);
        }
      }
      // "lower_flat_variant": what the case does not use is zero.
      for (let i = one?.flat?.length ?? 0; i < zeroes.length; i++) f[at + 1 + i] = zeroes[i] as FlatValue;
    },
  };
}
