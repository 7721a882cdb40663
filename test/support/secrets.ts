/** Secrets made up for tests, and versions of functions that name them. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Publication } from '../../registry/port.ts';
import type { SecretName } from '../../registry/secrets.ts';
import type { Keyring, SealedValue } from '../../shared/keyring.ts';
import { type HttpAnswer, send } from './http.ts';
import { publicationOf } from './publications.ts';

/** A key as BANTAM_SECRET_KEY takes it. */
export function aKey(): string {
  return randomBytes(32).toString('base64');
}

/** Encrypts a value for the version that it is to be. */
export function sealing(keyring: Keyring, secret: SecretName, value: string): (version: number) => SealedValue {
  return (version) => keyring.seal({ ...secret, version }, value);
}

/** A command that is given secrets. @param content makes the bytes */
export function commandWith(name: string, secrets: Readonly<Record<string, string>>, content = name): Publication {
  const analysis = { kind: 'command', exports: [], needs: ['environment'] } as const;
  return publicationOf(name, content, { analysis, entry: '_start', config: { secrets } });
}

/** Stores a value through the API. @param path name of the secret, and a query */
export async function putSecret(base: string, path: string, value: string): Promise<HttpAnswer> {
  const answer = await send(base, `/api/secrets/${path}`, { method: 'PUT', body: value });
  assert.ok(answer.status === 200 || answer.status === 201, answer.text);
  return answer;
}
