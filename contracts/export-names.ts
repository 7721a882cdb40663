/** By which names an export is found: its own, and of components the shorter ones that people write. Pure. */
import type { ExportSignature } from './function.ts';

type Found = ExportSignature | 'ambiguous';

const indices = new WeakMap<readonly ExportSignature[], ReadonlyMap<string, Found>>();

/**
 * `docs:adder/add@0.1.0#sum` is also found as `docs:adder/add#sum`, with `/` for `#`, as `add#sum` and `add/sum`, and as `sum`.
 * A longer name wins over a shorter one of another export.
 * @returns 'ambiguous' when a short name fits several exports equally well
 */
export function findExport(exports: readonly ExportSignature[], name: string): Found | undefined {
  let index = indices.get(exports);
  if (index === undefined) {
    index = makeIndex(exports);
    indices.set(exports, index);
  }
  return index.get(name);
}

function makeIndex(exports: readonly ExportSignature[]): ReadonlyMap<string, Found> {
  const index = new Map<string, Found>();
  const aliases = exports.map((signature) => [signature, signature.wit === undefined ? [] : shorterNames(signature.name)] as const);
  for (const signature of exports) index.set(signature.name, signature);
  for (let tier = 0; tier < 3; tier++) {
    const found = new Map<string, Found>();
    for (const [signature, tiers] of aliases) {
      for (const name of tiers[tier] ?? []) found.set(name, found.has(name) ? 'ambiguous' : signature);
    }
    for (const [name, signature] of found) if (!index.has(name)) index.set(name, signature);
  }
  return index;
}

/** @returns by tiers, the most exact first; nothing for a function that is exported by itself */
function shorterNames(name: string): readonly (readonly string[])[] {
  const hash = name.indexOf('#');
  if (hash < 0) return [];
  const iface = name.slice(0, hash);
  const func = name.slice(hash + 1);
  const unversioned = iface.replace(/@.*$/, '');
  const last = unversioned.slice(unversioned.lastIndexOf('/') + 1);
  const whole = new Set([`${unversioned}#${func}`, `${iface}/${func}`, `${unversioned}/${func}`]);
  return [[...whole], [`${last}#${func}`, `${last}/${func}`], [func]];
}
