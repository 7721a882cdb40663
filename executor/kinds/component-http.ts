/** Runs kind `component-http`: `wasi:http/incoming-handler` gets the whole HTTP request. */
import { decodeRequest } from '../../contracts/request.ts';
import { exportNamed } from '../component/export-named.ts';
import { beginExchange, readAnswer } from '../host/wasi/http-exchange.ts';
import { exitedEarly } from './ended.ts';
import type { GuestResponse, Runner, RunnerInstance } from './kind.ts';
import { type ComponentGuest, HostedComponent } from './linked-component.ts';
import { wholeLog } from './surroundings.ts';

export const componentHttpRunner: Runner = {
  compile(bytes, settings) {
    const component = new HostedComponent(bytes, settings, false);
    const handler = exportNamed(component.plan, 'wasi:http/incoming-handler', 'handle');
    return { instantiate: () => new HttpInstance(component.instantiate(), handler) };
  },
};

class HttpInstance implements RunnerInstance {
  readonly #guest: ComponentGuest;
  readonly #handler: string;

  constructor(guest: ComponentGuest, handler: string) {
    this.#guest = guest;
    this.#handler = handler;
  }

  log(): Uint8Array {
    return wholeLog(this.#guest.world);
  }

  discard(): void {
    this.#guest.instance.discard();
  }

  /** @throws GuestError GUEST_ANSWER_INVALID when the handler gave no response */
  call(payload: Uint8Array): GuestResponse {
    const { world, instance } = this.#guest;
    const exchange = beginExchange(world, decodeRequest(payload));
    try {
      instance.call(this.#handler, exchange);
    } catch (error) {
      throw exitedEarly(world, error);
    }
    return readAnswer(exchange);
  }
}
