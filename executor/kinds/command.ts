/** Runs kind `command`: `_start` of a WASI preview 1 module as a CGI program. */
import { decodeRequest } from '../../contracts/request.ts';
import { answerOfCommand, beginCommand } from './command-call.ts';
import { exitStatus } from './ended.ts';
import type { GuestResponse, Runner, RunnerInstance } from './kind.ts';
import { type LinkedGuest, LinkedModule } from './linked-module.ts';

export const commandRunner: Runner = {
  compile(bytes, settings) {
    const module = new LinkedModule(bytes, settings, true);
    return { instantiate: () => new CommandInstance(module, module.instantiate()) };
  },
};

class CommandInstance implements RunnerInstance {
  readonly #module: LinkedModule;
  #guest: LinkedGuest;

  constructor(module: LinkedModule, guest: LinkedGuest) {
    this.#module = module;
    this.#guest = guest;
  }

  log(): Uint8Array {
    return this.#guest.world.stderr.take();
  }

  reset(): boolean {
    const guest = this.#module.reset(this.#guest);
    if (guest !== undefined) this.#guest = guest;
    return guest !== undefined;
  }

  discard(): void {
    this.#module.discard(this.#guest);
  }

  /** @throws GuestError GUEST_EXITED for a status that is not 0 */
  call(payload: Uint8Array): GuestResponse {
    beginCommand(this.#guest.world, decodeRequest(payload));
    return answerOfCommand(this.#guest.world, this.#status());
  }

  #status(): number {
    const guest = this.#guest;
    this.#module.enter(guest);
    try {
      (guest.exports['_start'] as () => void)();
      return 0;
    } catch (error) {
      return exitStatus(guest.world, error);
    }
  }
}
