/** Runs kind `component-command`: `wasi:cli/run` as a CGI program. */
import { decodeRequest } from '../../contracts/request.ts';
import { exportNamed } from '../component/export-named.ts';
import { answerOfCommand, beginCommand } from './command-call.ts';
import { exitStatus } from './ended.ts';
import type { GuestResponse, Runner, RunnerInstance } from './kind.ts';
import { type ComponentGuest, HostedComponent } from './linked-component.ts';

export const componentCommandRunner: Runner = {
  compile(bytes, settings) {
    const component = new HostedComponent(bytes, settings, true);
    const run = exportNamed(component.plan, 'wasi:cli/run', 'run');
    return { instantiate: () => new CommandInstance(component.instantiate(), run) };
  },
};

class CommandInstance implements RunnerInstance {
  readonly #guest: ComponentGuest;
  readonly #run: string;

  constructor(guest: ComponentGuest, run: string) {
    this.#guest = guest;
    this.#run = run;
  }

  log(): Uint8Array {
    return this.#guest.world.stderr.take();
  }

  discard(): void {
    this.#guest.instance.discard();
  }

  /** @throws GuestError GUEST_EXITED for a status that is not 0 */
  call(payload: Uint8Array): GuestResponse {
    beginCommand(this.#guest.world, decodeRequest(payload));
    return answerOfCommand(this.#guest.world, this.#status());
  }

  #status(): number {
    const { world, instance } = this.#guest;
    try {
      const { tag } = instance.call(this.#run, []) as { tag: 'ok' | 'err' };
      return tag === 'ok' ? 0 : 1;
    } catch (error) {
      return exitStatus(world, error);
    }
  }
}
