/** Name resolution for callbacks: what is checked is what is connected to, so that a name which changes its mind (DNS rebinding) gains nothing. */
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { BantamError } from '../../contracts/errors.ts';

/** Asks for all addresses of a name: dns.lookup in `all` mode. */
export type Resolve = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Node asks it once per connection, and connects to nothing else than it gives. It is not asked when the URL has an address in place of a name.
 * @param allowed whether an address may be connected to; one that is not refuses the name
 * @returns the `lookup` of an https.request, failing with BantamError DESTINATION_NOT_ALLOWED
 */
export function checkedLookup(allowed: (address: string) => boolean, resolve: Resolve = systemLookup): LookupFunction {
  return (hostname, { all }, callback) => {
    resolve(hostname, { all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return callback(error ?? new Error(`${hostname} has no address`), '');
      if (!addresses.every(({ address }) => allowed(address)))
        return callback(new BantamError('DESTINATION_NOT_ALLOWED', `${hostname} has an address that is not public`), '');
      if (all === true) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };
}
