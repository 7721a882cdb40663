/** Refuses components whose reachable functions are asynchronous or carry streams and futures (WASI 0.3), by the function's name. */
import { describe } from './canon.ts';
import { unsupported } from './error.ts';
import type { ComponentFunction } from './plan.ts';
import type { PlanBuilder } from './plan-builder.ts';
import { quote } from './reader.ts';
import type { Definition } from './scope.ts';

/** @throws ComponentError `unsupported` for the first such function that core code can call or the root exports */
export function refuseConcurrency(plan: PlanBuilder, exports: ReadonlyMap<string, Definition>): void {
  for (const trampoline of plan.trampolines) {
    if (trampoline.kind !== 'lower') continue;
    const reason = concurrencyOf(plan, trampoline.func);
    const whose = trampoline.func.kind === 'host' ? 'the import ' : '';
    if (reason !== undefined) throw unsupported(`${whose}${describe(trampoline.func)} ${reason}`);
  }
  refuseExports(plan, exports, '');
  for (const [name, definition] of exports) if (definition.sort === 'instance') refuseExports(plan, definition.exports, `${name}#`);
}

function refuseExports(plan: PlanBuilder, exports: ReadonlyMap<string, Definition>, prefix: string): void {
  for (const [name, definition] of exports) {
    const reason = definition.sort === 'func' ? concurrencyOf(plan, definition.func) : undefined;
    if (reason !== undefined) throw unsupported(`the export ${quote(prefix + name)} ${reason}`);
  }
}

function concurrencyOf(plan: PlanBuilder, func: ComponentFunction): string | undefined {
  if (func.type.async || plan.asyncLifts.has(func)) return 'is asynchronous';
  const concurrent = plan.measures.concurrencyOf(func.type);
  return concurrent && `has a ${concurrent} in its type`;
}
