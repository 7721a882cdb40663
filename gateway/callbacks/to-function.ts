/** Deliveries to functions: each is an asynchronous invocation of its own, accepted once however often it is tried. */
import { createHash } from 'node:crypto';
import { BantamError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import { type FunctionReference, namespaceOf, parseFunctionReference, referenceFrom } from '../../contracts/names.ts';
import type { TakenDelivery } from '../../registry/deliveries.ts';
import type { Route } from '../../registry/port.ts';
import type { Acceptable } from '../async/accept.ts';
import { ownRequest } from '../async/own-request.ts';
import { pointOf } from '../releases/choose.ts';
import { pickVersion } from '../releases/pick.ts';
import { type Carried, failed, refused } from './carried.ts';
import { messageOf } from './message.ts';

export interface FunctionCarrierOptions {
  /** @throws BantamError, also when there is no such function, version or alias */
  readonly resolve: (reference: FunctionReference) => Promise<Route>;
  /** Resolves once it is committed. @throws BantamError */
  readonly accept: (call: Acceptable) => Promise<unknown>;
  /** Largest body of a call. */
  readonly maxBodyBytes: number;
}

/** @returns what carries a delivery to a function, `name`, `name@version` or `name:alias`, named as from the function that has ended: rejects with what is no BantamError */
export function functionCarrier(options: FunctionCarrierOptions): (delivery: TakenDelivery, reference: string) => Promise<Carried> {
  return async (delivery, reference) => {
    if (delivery.depth >= limits.maxDestinationDepth)
      return refused(`${limits.maxDestinationDepth} invocations led to one another as destinations: this may be a circle`);
    try {
      await options.accept(await callOf(delivery, referenceFrom(namespaceOf(delivery.function), reference), options));
      return { ok: true };
    } catch (error) {
      if (!(error instanceof BantamError)) throw error;
      return error.row.retryable ? failed(error.message) : refused(error.message);
    }
  };
}

async function callOf(delivery: TakenDelivery, reference: string, { resolve, maxBodyBytes }: FunctionCarrierOptions): Promise<Acceptable> {
  const { id, depth, invocation, traceparent } = delivery;
  const route = await resolve(parseFunctionReference(reference));
  const { body, contentType, headers } = messageOf(delivery);
  if (body.length > maxBodyBytes)
    throw new BantamError('BODY_TOO_LARGE', `the result has ${body.length} bytes; the body of a call may have ${maxBodyBytes}`);
  return {
    // Whoever is to be recognised by an address is so by the invocation, and another attempt gets what the first one got.
    version: pickVersion(route, { headers, ip: invocation }, () => pointOf(id)),
    request: ownRequest({ reference, body, contentType, headers: Object.entries(headers).flat() }),
    depth: depth + 1,
    ...(traceparent !== undefined && { traceparent }),
    idempotency: { key: `delivery-${id}`, fingerprint: createHash('sha256').update(id).digest() },
  };
}
