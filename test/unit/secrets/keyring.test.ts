/** Encrypted values open whole, under their own identity, with the key they were made with; else not at all. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Keyring, openKeyring, type SealedValue, type SecretIdentity } from '../../../shared/keyring.ts';

const aKey = (): string => randomBytes(32).toString('base64');
const [oldKey, newKey] = [aKey(), aKey()];
const keyring = new Keyring(oldKey);
const identity: SecretIdentity = { namespace: 'team', name: 'db', version: 3 };
const value = 'postgres://user:p\u00e4ssw\u00f6rd\n@host';
const sealed = keyring.seal(identity, value);
const unreadable = { code: 'SECRET_UNREADABLE' };

function refuses(of: SecretIdentity, stored: SealedValue, ring = keyring): void {
  assert.throws(() => ring.open(of, stored), unreadable);
}

test('what is sealed opens as it was', () => {
  for (const text of [value, 'x', '\ud83d\ude00'.repeat(16_384), '"', '\\u0000']) {
    assert.equal(keyring.open(identity, keyring.seal(identity, text)), text);
  }
});

test('the same value is never sealed the same way twice, and nothing of it shows', () => {
  const nonces = new Set(Array.from({ length: 1_000 }, () => Buffer.from(keyring.seal(identity, value).nonce).toString('hex')));
  assert.equal(nonces.size, 1_000);
  assert.equal(sealed.sealed.length, Buffer.byteLength(value) + 16);
  assert.ok(!Buffer.from(sealed.sealed).includes('postgres'));
});

test('with any bit of any byte flipped it does not open', () => {
  for (const part of ['sealed', 'nonce'] as const) {
    for (let bit = 0; bit < sealed[part].length * 8; bit++) {
      const bytes = Uint8Array.from(sealed[part]);
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      refuses(identity, { ...sealed, [part]: bytes });
    }
  }
  assert.equal(keyring.open(identity, sealed), value);
});

test('cut short, made longer, or with a nonce or tag of another length it does not open', () => {
  const { nonce, sealed: bytes } = sealed;
  for (let length = 0; length < bytes.length; length++) refuses(identity, { ...sealed, sealed: bytes.subarray(0, length) });
  refuses(identity, { ...sealed, sealed: Buffer.concat([bytes, Buffer.alloc(1)]) });
  for (const length of [0, 11]) refuses(identity, { ...sealed, nonce: nonce.subarray(0, length) });
  refuses(identity, { ...sealed, nonce: Buffer.concat([nonce, Buffer.alloc(4)]) });
});

test('in the place of another namespace, name or version it does not open', () => {
  for (const other of [{ namespace: 'default' }, { name: 'bd' }, { version: 2 }, { namespace: 'tea', name: 'mdb' }]) {
    refuses({ ...identity, ...other }, sealed);
  }
});

test('the first key seals, all of them open', () => {
  const rotating = new Keyring(`${newKey},${oldKey}`);
  assert.equal(rotating.open(identity, sealed), value);
  const anew = rotating.seal(identity, value);
  assert.equal(new Keyring(newKey).open(identity, anew), value);
  assert.equal(anew.keyId, rotating.sealingKeyId);
  refuses(identity, anew);
  refuses(identity, sealed, new Keyring(newKey));
  assert.throws(() => keyring.open(identity, anew), { message: new RegExp(`the key ${anew.keyId}, which BANTAM_SECRET_KEY has not`) });
  // Another key under the same id opens nothing either.
  refuses(identity, { ...anew, keyId: sealed.keyId });
});

test('neither a refusal nor what a log would show of a keyring has a key or a value in it', () => {
  const other = new Keyring(newKey);
  const texts = [inspect(keyring, { depth: 9, showHidden: true }), JSON.stringify(keyring), inspect(sealed)];
  for (const stored of [sealed, { ...sealed, keyId: other.sealingKeyId }]) {
    try {
      other.open(identity, stored);
    } catch (error) {
      texts.push(inspect(error, { depth: 9, showHidden: true }));
    }
  }
  assert.equal(texts.length, 5);
  const hex = (key: string): string => Buffer.from(key, 'base64').toString('hex');
  for (const text of texts)
    for (const forbidden of [value, 'postgres', oldKey, newKey, hex(oldKey), hex(newKey)]) assert.ok(!text.includes(forbidden), text);
});

test('without the setting there is no keyring', () => {
  assert.equal(openKeyring(undefined), undefined);
  assert.equal(openKeyring(oldKey)?.sealingKeyId, keyring.sealingKeyId);
});
