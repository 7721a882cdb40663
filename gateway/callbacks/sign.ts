/** Signs callbacks as Standard Webhooks 1.0.0 has it (symmetric, `v1`), so that receivers verify them with any of its libraries. */
import { createHmac } from 'node:crypto';

/** @param secret `whsec_` and the key in base64. @param id the same for all attempts, without a full stop. @param epochSeconds of this attempt */
export function signedHeaders(secret: string, id: string, epochSeconds: number, body: Uint8Array): Readonly<Record<string, string>> {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${epochSeconds}.`).update(body).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(epochSeconds), 'webhook-signature': `v1,${signature}` };
}
