/** Whether a key may have a schedule, or a function at its end, invoke what it names. */
import type { Principal } from '../../contracts/access.ts';
import { namespaceOf, referenceFrom } from '../../contracts/names.ts';
import type { ConfigChange } from '../publish/config.ts';
import { permit } from './permit.ts';

/**
 * @param namespace that of whoever names it
 * @param reference what is none is refused where it is parsed
 * @throws BantamError KEY_NOT_ALLOWED
 */
export function permitReference(principal: Principal, namespace: string, reference: string): void {
  const [name = ''] = referenceFrom(namespace, reference).split(/[@:]/);
  permit(principal, 'invoke', name);
}

/** @param name of the function whose configuration it is, qualified. @throws BantamError KEY_NOT_ALLOWED */
export function permitDestinations(principal: Principal, name: string, { async }: ConfigChange): void {
  for (const destination of [async?.onSuccess, async?.onFailure]) {
    if (destination !== undefined && 'function' in destination) permitReference(principal, namespaceOf(name), destination.function);
  }
}
