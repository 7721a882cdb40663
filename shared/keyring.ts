/** Encrypts and decrypts secrets: AES-256-GCM (NIST SP 800-38D) with keys that can be rotated. */
import { createCipheriv, createDecipheriv, createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { BantamError } from '../contracts/errors.ts';

/** Which value it is: an encrypted value opens under its own identity only. */
export interface SecretIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly version: number;
}

/** An encrypted value. */
export interface SealedValue {
  /** Says which key encrypted it, and nothing about the key. */
  readonly keyId: string;
  readonly nonce: Uint8Array;
  /** As long as the value, and 16 bytes more. */
  readonly sealed: Uint8Array;
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

export class Keyring {
  /** Id of the key that encrypts. */
  readonly sealingKeyId: string;
  readonly #sealingKey: KeyObject;
  readonly #keys: ReadonlyMap<string, KeyObject>;

  /** @param keys 32 bytes in base64 each, separated by commas, as the setting BANTAM_SECRET_KEY has them */
  constructor(keys: string) {
    const entries = keys.split(',').map((text): [string, KeyObject] => {
      const bytes = Buffer.from(text, 'base64');
      return [idOf(bytes), createSecretKey(bytes)];
    });
    // Splitting gives at least one.
    [this.sealingKeyId, this.#sealingKey] = entries[0] as [string, KeyObject];
    this.#keys = new Map(entries);
  }

  seal(identity: SecretIdentity, value: string): SealedValue {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, this.#sealingKey, nonce, { authTagLength: tagBytes }).setAAD(bytesOf(identity));
    const sealed = Buffer.concat([cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return { keyId: this.sealingKeyId, nonce, sealed };
  }

  /** @throws BantamError SECRET_UNREADABLE: its key is not here, or it is not what was encrypted under this identity */
  open(identity: SecretIdentity, { keyId, nonce, sealed }: SealedValue): string {
    const key = this.#keys.get(keyId);
    if (key === undefined) throw unreadable(identity, `it was encrypted with the key ${keyId}, which BANTAM_SECRET_KEY has not`);
    try {
      const end = sealed.length - tagBytes;
      const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
      decipher.setAAD(bytesOf(identity)).setAuthTag(sealed.subarray(end));
      return Buffer.concat([decipher.update(sealed.subarray(0, end)), decipher.final()]).toString();
    } catch {
      throw unreadable(identity, 'it is not what was stored under this name');
    }
  }
}

/** @param keys the setting BANTAM_SECRET_KEY @returns undefined without one */
export function openKeyring(keys: string | undefined): Keyring | undefined {
  return keys === undefined ? undefined : new Keyring(keys);
}

/** What to say of a value that is there and cannot be used. */
export function unreadable({ namespace, name }: SecretIdentity, why: string): BantamError {
  return new BantamError('SECRET_UNREADABLE', `the secret "${name}" of the namespace "${namespace}" cannot be read: ${why}`);
}

/** A key is random: its hash tells nothing of it. */
function idOf(key: Buffer): string {
  return createHash('sha256').update('bantam secret key\n').update(key).digest('hex').slice(0, 16);
}

function bytesOf({ namespace, name, version }: SecretIdentity): Buffer {
  return Buffer.from(JSON.stringify(['bantam secret', namespace, name, version]));
}
