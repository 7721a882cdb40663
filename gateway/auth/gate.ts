/** Who is let in: what the auth plugin asks. */
import type { Principal } from '../../contracts/access.ts';
import type { BantamError } from '../../contracts/errors.ts';

export interface Gate {
  /** Whether no key is asked for. @throws BantamError REGISTRY_UNAVAILABLE while that is not known */
  isOpen(): boolean | Promise<boolean>;
  /**
   * @param token what was sent as a key
   * @returns who it is, or KEY_INVALID
   * @throws BantamError REGISTRY_UNAVAILABLE
   */
  identify(token: string): Principal | BantamError | Promise<Principal | BantamError>;
}

/** Lets everybody do everything: for what is built without anything behind it. */
export const openGate: Gate = {
  isOpen: () => true,
  identify: () => {
    throw new TypeError('an open gate asks for no key');
  },
};

/** Where no key is asked for: whoever it is has an address only. */
export class Anyone implements Principal {
  readonly key = undefined;
  readonly role;
  readonly namespace = undefined;
  readonly functions = undefined;
  readonly #request: { readonly ip: string };

  /** @param role all that they may do */
  constructor(request: { readonly ip: string }, role: 'admin' | 'invoke') {
    this.#request = request;
    this.role = role;
  }

  get name(): string {
    return this.#request.ip;
  }
}
