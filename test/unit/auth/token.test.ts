/** What keys look like, and where requests carry them. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { credentialOf } from '../../../gateway/auth/credential.ts';
import { hashToken, idOfToken, makeToken } from '../../../gateway/auth/token.ts';

test('a key is bk_, its id and 43 characters of base64url; its hash is the sha256 of all of it', () => {
  const { id, token, hash } = makeToken();
  assert.match(token, /^bk_[0-9a-f]{16}_[\w-]{43}$/);
  assert.equal(idOfToken(token), id);
  assert.deepEqual(hash, createHash('sha256').update(token).digest());
  assert.deepEqual(hashToken(token), hash);
  assert.notEqual(makeToken().token, token);
});

test('what looks otherwise has no id', () => {
  const { token } = makeToken();
  for (const wrong of ['', 'bk_', token.slice(1), token.slice(0, -1), `${token}x`, token.toUpperCase(), `${token}\n`, ` ${token}`])
    assert.equal(idOfToken(wrong), undefined, wrong);
});

test('Authorization: Bearer comes first, in any case; then X-Api-Key; other schemes are none of ours', () => {
  assert.equal(credentialOf({ authorization: 'Bearer abc' }), 'abc');
  assert.equal(credentialOf({ authorization: 'bearer   abc ' }), 'abc');
  assert.equal(credentialOf({ authorization: 'Bearer abc', 'x-api-key': 'def' }), 'abc');
  assert.equal(credentialOf({ authorization: 'Basic YTpi', 'x-api-key': 'def' }), 'def');
  assert.equal(credentialOf({ 'x-api-key': 'def' }), 'def');
  for (const headers of [
    {},
    { authorization: 'Basic YTpi' },
    { authorization: 'Bearer' },
    { authorization: 'Bearer a b' },
    { 'x-api-key': '' },
  ])
    assert.equal(credentialOf(headers), undefined);
});
