/** Requests with keys to a running deployment. */
import assert from 'node:assert/strict';
import type { NewKey } from '../../contracts/key.ts';
import { type HttpAnswer, type HttpRequest, jsonType, send } from './http.ts';

/** The operator's, of deployments that are tested with keys. */
export const adminKey = 'the-operators-key-of-tests';

export function withKey(
  base: string,
  key: string | undefined,
  path: string,
  { headers, ...request }: HttpRequest = {},
): Promise<HttpAnswer> {
  return send(base, path, { ...request, headers: { ...headers, ...(key !== undefined && { authorization: `Bearer ${key}` }) } });
}

/** @returns the key, and its id */
export async function makeKey(base: string, body: NewKey): Promise<{ readonly id: string; readonly key: string }> {
  const made = await withKey(base, adminKey, '/api/keys', { method: 'POST', headers: jsonType, body: JSON.stringify(body) });
  assert.equal(made.status, 201, made.text);
  return made.json as { readonly id: string; readonly key: string };
}
