/** Deliveries to URLs. */
import type { TakenDelivery } from '../../registry/deliveries.ts';
import { isPublicAddress } from './addresses.ts';
import { allowCallback, type CallbackRules } from './allow-list.ts';
import { type Carried, refused } from './carried.ts';
import { checkedLookup, type Resolve } from './lookup.ts';
import { messageOf } from './message.ts';
import { postCallback } from './post.ts';
import { signedHeaders } from './sign.ts';

export interface UrlCarrierOptions {
  readonly rules: CallbackRules;
  /** Default 10,000: name, connection and answer together. */
  readonly timeoutMs?: number;
  /** Of the system, unless given; and PEM of who is trusted in place of the system's. */
  readonly resolve?: Resolve;
  readonly ca?: string;
}

const defaultTimeoutMs = 10_000;

/** @returns what carries a delivery to a URL: never rejects */
export function urlCarrier(options: UrlCarrierOptions): (delivery: TakenDelivery, url: string) => Promise<Carried> {
  const { rules, timeoutMs = defaultTimeoutMs, resolve, ca } = options;
  const lookup = checkedLookup((address) => rules.allowPrivate || isPublicAddress(address), resolve);
  return async (delivery, url) => {
    // Again: it was allowed when the invocation was accepted, by the rules of then.
    const refusal = allowCallback(rules, url);
    if (refusal !== undefined || rules.secret === undefined) return refused(refusal?.message ?? 'there is no key to sign it with');
    const { body, contentType, headers } = messageOf(delivery);
    const signed = signedHeaders(rules.secret, delivery.id, Math.floor(Date.now() / 1_000), body);
    const type = contentType === undefined ? {} : { 'content-type': contentType };
    return postCallback({ url, headers: { ...headers, ...type, ...signed }, body }, { lookup, timeoutMs, ca });
  };
}
