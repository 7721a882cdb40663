/** BANTAM_SECRET_KEY takes one or several keys of 32 bytes, and is not shown when it is wrong. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Type } from 'typebox';
import { ConfigError, loadConfig } from '../../../shared/config.ts';
import { secrets } from '../../../shared/secret-settings.ts';

const schema = Type.Object(secrets);
const aKey = (bytes = 32): string => randomBytes(bytes).toString('base64');

test('takes every key of 32 bytes, and several of them', () => {
  for (let i = 0; i < 200; i++) {
    const text = Array.from({ length: 1 + (i % 3) }, () => aKey()).join(',');
    assert.deepEqual(loadConfig(schema, { BANTAM_SECRET_KEY: text }), { BANTAM_SECRET_KEY: text });
  }
  assert.deepEqual(loadConfig(schema, { BANTAM_SECRET_KEY: '' }), {});
});

test('refuses anything else without showing it', () => {
  const key = aKey();
  const wrong = [
    aKey(31),
    aKey(33),
    aKey(16),
    key.slice(0, -1),
    `${key},`,
    `,${key}`,
    `${key} ${key}`,
    `${key}\n`,
    `${key.slice(0, -2)}B=`,
    'x',
  ];
  for (const text of wrong) {
    assert.throws(
      () => loadConfig(schema, { BANTAM_SECRET_KEY: text }),
      (error) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, /^BANTAM_SECRET_KEY: expected 32 bytes in base64 \(openssl rand -base64 32\), .* got something else$/);
        return true;
      },
      text,
    );
  }
});
