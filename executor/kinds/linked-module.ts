/** A core module with everything it may import, and its instances: the way of kinds `core` with imports, `reactor` and `command` to V8. */
import { envModule, offsetTables } from '../../wasi/env.ts';
import { memoryImport } from '../../wasm/memory-import.ts';
import { readModule } from '../../wasm/module.ts';
import { compileModule } from '../compile.ts';
import { EnvInstance, type EnvLayout, layOut } from '../env-instance.ts';
import { envFunctionsFor } from '../host/env.ts';
import { GuestCell } from '../host/preview1/cell.ts';
import { preview1Imports } from '../host/preview1/imports.ts';
import { World, type WorldSettings } from '../host/world.ts';
import { Memories } from '../memories.ts';
import { type InitialState, InitialStates } from '../reset/initial-state.ts';
import { FailedStart } from './failed-start.ts';
import type { ArtifactSettings } from './kind.ts';
import { worldSettings } from './surroundings.ts';

/** One instance with what is its own. */
export interface LinkedGuest {
  readonly world: World;
  readonly exports: WebAssembly.Exports;
  readonly memory: WebAssembly.Memory;
  /** Its memory came from, and goes back to, the artifact's store. */
  readonly lent: WebAssembly.Memory | undefined;
  readonly initial: InitialState | undefined;
}

/** For a guest that has none: nothing can be read from it, nothing written. */
const noMemory = new WebAssembly.Memory({ initial: 0, maximum: 0 });

export class LinkedModule {
  readonly #module: WebAssembly.Module;
  readonly #surroundings: WorldSettings;
  readonly #memories: Memories | undefined;
  readonly #states: InitialStates;
  /** Host functions are made once per artifact; in here they find the instance that is running. */
  readonly #cell = new GuestCell();
  readonly #imports: WebAssembly.Imports;
  readonly #env: WebAssembly.ModuleImports = bare();
  readonly #layout: EnvLayout | undefined;

  /** @param answersByOutput whether standard output is the answer */
  constructor(bytes: Uint8Array, settings: ArtifactSettings, answersByOutput: boolean) {
    this.#module = compileModule(bytes);
    this.#surroundings = worldSettings(settings, answersByOutput);
    this.#memories = settings.memory === undefined ? undefined : new Memories(settings.memory);
    this.#states = new InitialStates(settings.resets);
    this.#imports = Object.assign(Object.create(null) as WebAssembly.Imports, preview1Imports(this.#cell));
    this.#imports[envModule] = this.#env;
    for (const [name, run] of envFunctionsFor(this.#cell)) this.#env[name] = run;
    const wants = WebAssembly.Module.imports(this.#module).some(({ module, kind }) => module === envModule && kind !== 'function');
    if (wants) this.#layout = layOut(readModule(bytes), settings.memoryBytes);
  }

  /** @throws FailedStart */
  instantiate(): LinkedGuest {
    const world = new World(this.#surroundings);
    try {
      return this.#instantiate(world);
    } catch (error) {
      throw new FailedStart(world, error);
    }
  }

  #instantiate(world: World): LinkedGuest {
    const lent = this.#memories?.take();
    if (lent !== undefined) {
      const ours = bare();
      ours[memoryImport.name] = lent;
      this.#imports[memoryImport.module] = ours;
    }
    const env = this.#layout === undefined ? undefined : this.#makeEnv(this.#layout);
    // A start function may call its host before there are exports.
    this.#cell.enter(world, lent ?? env?.memory ?? noMemory);
    const { exports } = new WebAssembly.Instance(this.#module, this.#imports);
    const own = exports['memory'];
    const memory = own instanceof WebAssembly.Memory ? own : (lent ?? env?.memory ?? noMemory);
    this.#cell.enter(world, memory);
    env?.start(exports);
    return { world, exports, memory, lent, initial: this.#states.of(exports, lent) };
  }

  /** @returns a guest that cannot be told from one of `instantiate`, out of one that returned from all calls; undefined when it is to be discarded */
  reset(guest: LinkedGuest): LinkedGuest | undefined {
    return this.#states.restore(guest.initial) ? { ...guest, world: new World(this.#surroundings) } : undefined;
  }

  /** Before each call into the instance. */
  enter({ world, memory }: LinkedGuest): void {
    this.#cell.enter(world, memory);
  }

  /** The instance is not used again. */
  discard({ lent }: LinkedGuest): void {
    if (lent !== undefined) this.#memories?.giveBack(lent);
  }

  #makeEnv(layout: EnvLayout): EnvInstance {
    const instance = new EnvInstance(layout);
    const gotMemory = bare();
    const gotFunctions = bare();
    instance.fill(this.#env, gotMemory, gotFunctions);
    this.#imports[offsetTables.memory] = gotMemory;
    this.#imports[offsetTables.functions] = gotFunctions;
    return instance;
  }
}

/** Without prototype: a module must find nothing that was not put there. */
function bare(): WebAssembly.ModuleImports {
  return Object.create(null) as WebAssembly.ModuleImports;
}
