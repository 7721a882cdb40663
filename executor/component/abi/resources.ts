/** Handles. Between components travels what they stand for: a guest's i32 or the host's object. CanonicalABI.md, lift_own, lift_borrow, lower_own, lower_borrow. */
import type { ResourceType } from '../../../component/types.ts';
import type { Context } from '../context.ts';
import { fail } from '../faults.ts';
import type { Abi } from './abi.ts';

const cost = 16;

function handleAbi(lift: (c: Context, index: number) => unknown, lower: (c: Context, value: unknown) => number): Abi {
  return {
    size: 4,
    align: 4,
    flat: ['i32'],
    cost,
    load: (c, p) => lift(c, c.view.getUint32(p, true)),
    store: (c, p, v) => {
      const index = lower(c, v);
      c.view.setUint32(p, index, true);
    },
    lift: (c, f, i) => lift(c, f[i] as number),
    lower: (c, v, f, i) => void (f[i] = lower(c, v)),
  };
}

export function ownAbi(resource: ResourceType): Abi {
  return handleAbi(
    (c, index) => {
      const handle = c.instance.handles.remove(index, resource);
      if (!handle.own) fail(c.state, `handle index ${index >>> 0} is borrowed and cannot be given away`);
      return handle.value;
    },
    (c, value) => {
      if (value === undefined || value === null) throw new TypeError('expected a resource');
      return c.instance.handles.add(resource, value, true, undefined);
    },
  );
}

export function borrowAbi(resource: ResourceType): Abi {
  return handleAbi(
    (c, index) => {
      const handle = c.instance.handles.get(index, resource);
      if (c.lenders !== undefined) {
        handle.lends++;
        c.lenders.push(handle);
      }
      return handle.value;
    },
    (c, value) => {
      // Who defined the resource gets at its representation directly.
      if (resource.definedBy === c.instance.number) return value as number;
      if (c.scope === undefined) throw new TypeError('a borrow outside of a call');
      c.scope.borrows++;
      return c.instance.handles.add(resource, value, false, c.scope);
    },
  );
}
