/** Signatures of callbacks: the vector that the libraries of Standard Webhooks test themselves with. */
import assert from 'node:assert/strict';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { test } from 'node:test';
import { signedHeaders } from '../../../gateway/callbacks/sign.ts';
import { secret } from '../../support/deliveries.ts';

test('signs what Standard Webhooks signs', () => {
  const headers = signedHeaders(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, Buffer.from('{"test": 2432232314}'));
  assert.deepEqual(headers, {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('signs bytes that are no text, and none', () => {
  for (const body of [Buffer.from([0xff, 0x00, 0x80]), Buffer.alloc(0)]) {
    const { 'webhook-signature': signature = '' } = signedHeaders(secret, 'id', 1, body);
    const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    const expected = createHmac('sha256', key)
      .update(Buffer.concat([Buffer.from('id.1.'), body]))
      .digest();
    assert.ok(timingSafeEqual(Buffer.from(signature.slice(3), 'base64'), expected));
  }
});
