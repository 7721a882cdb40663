/**
 * Links components without generating code: everything that depends on types is compiled once per component to closures, everything that
 * belongs to an instance is in its State. CanonicalABI.md and Binary.md of github.com/WebAssembly/component-model are followed throughout.
 */
import { ComponentError } from '../../component/error.ts';
import { functionsOf } from '../../component/exports.ts';
import type { ComponentFunction, ComponentPlan, Extern } from '../../component/plan.ts';
import { typesOf } from '../../component/type-parts.ts';
import type { Stoppable } from '../host/stop.ts';
import { hasHandle } from './abi/compile.ts';
import { HostBinding, type SignatureTexts } from './bind.ts';
import { callableOf } from './callable.ts';
import { compileCoreModules } from './core-modules.ts';
import type { HostTable } from './host.ts';
import { ComponentInstance, enterFromOutside } from './instance.ts';
import { Instantiator } from './instantiate.ts';
import { type Callable, hostCaller, Linking } from './linking.ts';
import { State } from './state.ts';
import { compileTrampoline } from './trampolines.ts';

/**
 * @param plan       of `bytes`
 * @param bytes      the component
 * @param host       what imports are bound to, by exact name
 * @param signatures the type that each function of the host must be imported with
 * @throws ComponentError naming the import that the host does not have or that has another type; WebAssembly.CompileError
 */
export function linkComponent<World extends Stoppable>(
  plan: ComponentPlan,
  bytes: Uint8Array,
  host: HostTable<World>,
  signatures: SignatureTexts,
): LinkedComponent<World> {
  const linking = new Linking(plan, new HostBinding(host, signatures));
  for (const extern of plan.imports.values()) bindAll(linking, extern);
  const modules = compileCoreModules(plan, bytes);
  const trampolines = plan.trampolines.map((trampoline) => compileTrampoline(linking, trampoline));
  return new LinkedComponent(linking, new Instantiator(linking, modules, trampolines));
}

/** Also what is imported and not used must be there: an instance never finds out later. */
function bindAll(linking: Linking, extern: Extern): void {
  if (extern.sort === 'func' && extern.func.kind === 'host') linking.binding.bind(extern.func);
  if (extern.sort === 'instance') for (const inner of extern.exports.values()) bindAll(linking, inner);
}

export class LinkedComponent<World extends Stoppable> {
  readonly #linking: Linking;
  readonly #instantiator: Instantiator;
  readonly #functions: ReadonlyMap<string, ComponentFunction>;
  readonly #compiled = new Map<string, Callable>();

  constructor(linking: Linking, instantiator: Instantiator) {
    this.#linking = linking;
    this.#instantiator = instantiator;
    this.#functions = new Map(functionsOf(linking.plan.exports).map(({ name, func }) => [name, func]));
  }

  /**
   * @param world is handed to every host function, and holds the reason when one stops the guest
   * @throws as `ComponentInstance.call`: instantiating may run guest code
   */
  instantiate(world: World): ComponentInstance {
    const { cell, plan } = this.#linking;
    const state = new State(plan, world);
    enterFromOutside(cell, state, () => this.#instantiator.run(state));
    return new ComponentInstance(state, cell, this.#find);
  }

  readonly #find = (exportName: string): Callable => {
    let callable = this.#compiled.get(exportName);
    if (callable === undefined) {
      callable = this.#compile(exportName);
      this.#compiled.set(exportName, callable);
    }
    return callable;
  };

  #compile(exportName: string): Callable {
    const func = this.#functions.get(exportName);
    if (func === undefined) throw new Error(`the component exports no function ${JSON.stringify(exportName)}`);
    // The representation of a guest's resource is the guest's own; outside it would be a number without a table behind it.
    if (typesOf(func.type).some((type) => hasHandle(type, ({ resource }) => resource.definedBy >= 0))) {
      throw new ComponentError('unsupported', `export ${JSON.stringify(exportName)} passes resources of the component to the host`);
    }
    return callableOf(this.#linking, func, hostCaller, undefined);
  }
}
