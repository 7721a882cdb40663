/** Runs kind `reactor`, and kind `core` where it imports something: exports called with scalars, after `_initialize`. */
import { exitedEarly } from './ended.ts';
import { FailedStart } from './failed-start.ts';
import type { GuestResponse, Runner, RunnerInstance } from './kind.ts';
import { type LinkedGuest, LinkedModule } from './linked-module.ts';
import { callExport } from './scalars.ts';
import { wholeLog } from './surroundings.ts';

export const reactorRunner: Runner = {
  compile(bytes, settings) {
    const module = new LinkedModule(bytes, settings, false);
    return { instantiate: () => new ReactorInstance(module) };
  },
};

class ReactorInstance implements RunnerInstance {
  readonly #module: LinkedModule;
  #guest: LinkedGuest;
  #isInitialized = false;

  constructor(module: LinkedModule) {
    this.#module = module;
    this.#guest = module.instantiate();
    this.#initialize();
  }

  log(): Uint8Array {
    return wholeLog(this.#guest.world);
  }

  reset(): boolean {
    const guest = this.#module.reset(this.#guest);
    if (guest === undefined) return false;
    this.#guest = guest;
    this.#isInitialized = false;
    return true;
  }

  discard(): void {
    this.#module.discard(this.#guest);
  }

  call(payload: Uint8Array): GuestResponse {
    this.#module.enter(this.#guest);
    // Of one that was put back: it runs within a call, under that call's deadline.
    this.#initialize();
    try {
      return callExport(this.#guest.exports, payload);
    } catch (error) {
      throw exitedEarly(this.#guest.world, error);
    }
  }

  /** @see https://github.com/WebAssembly/WASI/blob/main/legacy/application-abi.md: `_initialize` comes before any other export */
  #initialize(): void {
    if (this.#isInitialized) return;
    this.#isInitialized = true;
    const { exports, world } = this.#guest;
    const initialize = exports['_initialize'];
    if (typeof initialize !== 'function') return;
    try {
      (initialize as () => void)();
    } catch (error) {
      throw new FailedStart(world, error);
    }
  }
}
