/** Everything that belongs to one instance of a component. The linked component itself is shared and never changes. */
import type { ComponentPlan } from '../../component/plan.ts';
import type { Stoppable } from '../host/stop.ts';
import type { Memories } from '../memories.ts';
import { type ComponentState, Context } from './context.ts';
import { type CoreFunction, liftBudgetBytes, type Running } from './faults.ts';
import { HandleTable } from './handles.ts';

export class State implements Running {
  readonly world: Stoppable;
  dead = false;
  cause: Running['cause'] = undefined;
  budget = liftBudgetBytes;
  /** By the numbers of the plan: component instances, canonical options, slots of functions, core instances. */
  readonly instances: ComponentState[] = [];
  readonly contexts: Context[] = [];
  readonly functions: (CoreFunction | undefined)[] = [];
  readonly cores: (WebAssembly.Exports | undefined)[] = [];
  /** Memories that go back when the instance is not used again. */
  readonly lent: { readonly memories: Memories; readonly memory: WebAssembly.Memory }[] = [];

  constructor(plan: ComponentPlan, world: Stoppable) {
    this.world = world;
    for (let i = 0; i < plan.instances.length; i++) {
      this.instances.push({ number: i, handles: new HandleTable(this), mayEnter: true, mayLeave: true });
    }
    for (const { instance, encoding } of plan.contexts) {
      this.contexts.push(new Context(this, this.instances[instance] as ComponentState, encoding));
    }
  }
}
