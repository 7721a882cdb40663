/** Finds an export whose version does not matter. */
import { splitVersion } from '../../component/names.ts';
import type { ComponentPlan } from '../../component/plan.ts';

/**
 * @param iface without version: `wasi:http/incoming-handler`
 * @returns the name for `ComponentInstance.call`: `wasi:http/incoming-handler@0.2.4#handle`
 */
export function exportNamed(plan: ComponentPlan, iface: string, name: string): string {
  for (const [written, extern] of plan.exports) {
    if (splitVersion(written).name !== iface || extern.sort !== 'instance') continue;
    if (extern.exports.get(name)?.sort === 'func') return `${written}#${name}`;
  }
  throw new Error(`the component does not export ${iface} with a function ${name}`);
}
