/** Runs kind `core`: exports called with scalars. A module that imports nothing gets nothing: no world is made for it. */
import { memoryImport } from '../../wasm/memory-import.ts';
import { compileModule } from '../compile.ts';
import { Memories } from '../memories.ts';
import { type InitialState, InitialStates } from '../reset/initial-state.ts';
import type { GuestResponse, Runner, RunnerInstance } from './kind.ts';
import { reactorRunner } from './reactor.ts';
import { callExport } from './scalars.ts';

const nothing = new Uint8Array(0);

export const coreRunner: Runner = {
  compile(bytes, settings) {
    const module = compileModule(bytes);
    const { memory, resets } = settings;
    if (WebAssembly.Module.imports(module).some((wanted) => wanted.module !== memoryImport.module)) {
      return reactorRunner.compile(bytes, settings);
    }
    const memories = memory === undefined ? undefined : new Memories(memory);
    const states = new InitialStates(resets);
    return { instantiate: () => new CoreInstance(module, memories, states) };
  },
};

class CoreInstance implements RunnerInstance {
  readonly #instance: WebAssembly.Instance;
  readonly #memories: Memories | undefined;
  readonly #memory: WebAssembly.Memory | undefined;
  readonly #states: InitialStates;
  readonly #initial: InitialState | undefined;

  constructor(module: WebAssembly.Module, memories: Memories | undefined, states: InitialStates) {
    this.#memories = memories;
    this.#memory = memories?.take();
    this.#instance = new WebAssembly.Instance(module, importsOf(this.#memory));
    this.#states = states;
    this.#initial = states.of(this.#instance.exports, this.#memory);
  }

  reset(): boolean {
    return this.#states.restore(this.#initial);
  }

  discard(): void {
    if (this.#memory !== undefined) this.#memories?.giveBack(this.#memory);
  }

  log(): Uint8Array {
    return nothing;
  }

  call(payload: Uint8Array): GuestResponse {
    return callExport(this.#instance.exports, payload);
  }
}

/** Without prototypes: a module must find nothing that was not put there. */
function importsOf(memory: WebAssembly.Memory | undefined): WebAssembly.Imports {
  const imports = Object.create(null) as WebAssembly.Imports;
  if (memory === undefined) return imports;
  const ours = Object.create(null) as WebAssembly.ModuleImports;
  ours[memoryImport.name] = memory;
  imports[memoryImport.module] = ours;
  return imports;
}
