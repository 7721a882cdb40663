/** What a key looks like: `bk_`, its id, `_`, 32 random bytes in base64url. Only its sha256 is kept. */
import { hash, randomBytes } from 'node:crypto';

export interface NewToken {
  readonly id: string;
  /** The whole key: shown once. */
  readonly token: string;
  readonly hash: Buffer;
}

const form = /^bk_([0-9a-f]{16})_[\w-]{43}$/;

export function makeToken(): NewToken {
  const id = randomBytes(8).toString('hex');
  const token = `bk_${id}_${randomBytes(32).toString('base64url')}`;
  return { id, token, hash: hashToken(token) };
}

/** Of any text that is sent as a key. */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/** @returns undefined for what does not look like a key */
export function idOfToken(token: string): string | undefined {
  return form.exec(token)?.[1];
}
