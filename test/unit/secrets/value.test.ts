/** What can be the value of a secret; what is refused is not shown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSecretValue } from '../../../gateway/secrets/value.ts';

test('takes any text as it is', () => {
  for (const text of ['x', ' ', '\n', ' two\nlines\r\n', '{"a": 1}', '\u00fc\ud83d\ude00', '\ufeffmark', '\u0001']) {
    assert.equal(parseSecretValue(Buffer.from(text)), text);
  }
  // A view into more.
  assert.equal(parseSecretValue(Buffer.from('abcdef').subarray(2, 4)), 'cd');
});

for (const [what, body, detail] of [
  ['no body', undefined, 'the body is empty'],
  ['an empty body', Buffer.alloc(0), 'the body is empty'],
  ['U+0000', Buffer.from('hush\0hush'), 'the body has a byte 0'],
  ['bytes that are no UTF-8', Buffer.from([0x68, 0x75, 0x73, 0x68, 0xff]), 'the body is not UTF-8'],
  ['half a character', Buffer.from('hush\u00fc').subarray(0, 5), 'the body is not UTF-8'],
  ['a surrogate', Buffer.from([0xed, 0xa0, 0x80]), 'the body is not UTF-8'],
] as const) {
  test(`refuses ${what}`, () => {
    assert.throws(() => parseSecretValue(body), { code: 'INVALID_SECRET', message: detail });
  });
}
