/**
 * wit-component passes a main module forwarding functions of a "shim" module, because the real imports need the main module's memory,
 * and has a "fixup" module fill the shim's table later. The linker's functions find the memory themselves: they are passed straight in,
 * which saves two instances and an indirect call per import.
 */
import { sameCoreType } from './core-type.ts';
import type { CoreInstanceRef, CoreItem, CoreSort, CoreStep } from './plan.ts';
import type { PlanBuilder } from './plan-builder.ts';
import { type FixupModule, type ImportName, type ShimModule, readFixup, readShim } from './shim-modules.ts';

interface Item {
  readonly sort: CoreSort;
  item: CoreItem;
}

/** Marks the steps of every shim and fixup pair as skipped, where that cannot be told from outside, and links their users directly. */
export function bypassShims(plan: PlanBuilder): void {
  for (const [shimStep, step] of plan.steps.entries()) {
    if (step.args.length > 0) continue;
    const shim = readShim(plan.bytes, rangeOf(plan, step));
    if (shim !== undefined) bypass(plan, shimStep, shim);
  }
}

function bypass(plan: PlanBuilder, shimStep: number, shim: ShimModule): void {
  const fixupStep = plan.steps.findIndex((step, i) => i > shimStep && step.args.some(([, from]) => holdsTable(from, shimStep)));
  const step = plan.steps[fixupStep];
  const fixup = step && readFixup(plan.bytes, rangeOf(plan, step));
  if (step === undefined || fixup === undefined) return;
  const table = argument(plan, step, 'table', fixup.table);
  if (table === undefined || !('step' in table) || table.step !== shimStep) return;
  const users = usersOf(plan, shimStep, fixupStep);
  if (users === undefined) return;
  const targets = users.map((user) => targetOf(plan, user, shim, step, fixup));
  if (targets.some((target) => target === undefined)) return;
  const late = new Map<string, CoreItem>();
  for (const [i, user] of users.entries()) {
    const target = targets[i];
    if (target !== undefined) user.item = reach(plan, target, late);
  }
  for (const skipped of [plan.steps[shimStep], step]) if (skipped !== undefined) skipped.skip = true;
}

interface Target {
  readonly item: CoreItem;
  readonly arity: number;
}

/** What a call of the shim's function ends in; undefined when that is not certain. */
function targetOf(plan: PlanBuilder, user: Item, shim: ShimModule, step: CoreStep, fixup: FixupModule): Target | undefined {
  const forwarder = 'step' in user.item && user.sort === 'func' ? shim.get(user.item.name) : undefined;
  const name = forwarder && fixup.functions[forwarder.entry];
  const item = name && argument(plan, step, 'func', name);
  if (forwarder === undefined || item === undefined) return undefined;
  const type = plan.coreType(item);
  if (type !== undefined && !sameCoreType(type, forwarder.type)) return undefined;
  return { item, arity: forwarder.type.params.length };
}

/** A function of a core instance that does not exist yet is reached when it is called. */
function reach(plan: PlanBuilder, { item, arity }: Target, late: Map<string, CoreItem>): CoreItem {
  if (!('step' in item)) return item;
  const key = `${item.step} ${item.name}`;
  const known = late.get(key) ?? plan.trampoline({ kind: 'late', step: item.step, name: item.name, arity });
  late.set(key, known);
  return known;
}

/** Every item of a hand-made instance that comes from the shim; undefined when shim or fixup are used in any other way. */
function usersOf(plan: PlanBuilder, shimStep: number, fixupStep: number): Item[] | undefined {
  const fromShim = (item: CoreItem): boolean => 'step' in item && item.step === shimStep;
  // Nothing can come from the fixup, which exports nothing; only the whole instance can be passed on.
  if (plan.slots.some(({ item }) => fromShim(item))) return undefined;
  const users = new Set<Item>();
  for (const [i, { args }] of plan.steps.entries()) {
    for (const [, from] of args) {
      if ('step' in from) {
        if (from.step === fixupStep || (from.step === shimStep && i !== fixupStep)) return undefined;
        continue;
      }
      for (const item of from.items.values()) {
        if (fromShim(item.item) && i !== fixupStep) users.add(item);
      }
    }
  }
  return [...users];
}

function holdsTable(from: CoreInstanceRef, step: number): boolean {
  if ('step' in from) return from.step === step;
  return from.items.values().some(({ sort, item }) => sort === 'table' && 'step' in item && item.step === step);
}

function argument(plan: PlanBuilder, step: CoreStep, sort: CoreSort, { module, name }: ImportName): CoreItem | undefined {
  const from = step.args.find(([given]) => given === module)?.[1];
  return from && plan.coreExport(from, sort, name);
}

function rangeOf(plan: PlanBuilder, step: CoreStep): { readonly start: number; readonly end: number } {
  return plan.modules[step.module] ?? { start: 0, end: 0 };
}
