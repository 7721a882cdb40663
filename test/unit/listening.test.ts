/** Whether a gateway may listen as its settings say. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { checkListening, isLoopback, type ListeningSettings, trustedProxies } from '../../gateway/listening.ts';

const settings = (more: Partial<ListeningSettings>): ListeningSettings => ({
  BANTAM_HOST: '127.0.0.1',
  BANTAM_TRUSTED_PROXIES: '',
  ...more,
});
const adminKey = { BANTAM_ADMIN_KEY: 'x'.repeat(16) };

test('this machine alone is 127.0.0.0/8, ::1 and localhost', () => {
  for (const host of ['127.0.0.1', '127.8.8.8', '::1', 'localhost']) assert.equal(isLoopback(host), true, host);
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', '127.evil.example', 'example.com', '127.0.0.1.nip.io'])
    assert.equal(isLoopback(host), false, host);
});

test('beyond this machine it listens with an admin key only', () => {
  checkListening(settings({}));
  checkListening(settings({ BANTAM_HOST: '0.0.0.0', ...adminKey }));
  assert.throws(
    () => checkListening(settings({ BANTAM_HOST: '0.0.0.0' })),
    /others than this machine can reach 0\.0\.0\.0.*set BANTAM_ADMIN_KEY/,
  );
  assert.throws(() => checkListening(settings({ BANTAM_TRUSTED_PROXIES: '127.0.0.1' })), /BANTAM_TRUSTED_PROXIES.*set BANTAM_ADMIN_KEY/);
  checkListening(settings({ BANTAM_TRUSTED_PROXIES: '127.0.0.1', ...adminKey }));
});

test('a certificate and its key are set both or none', () => {
  checkListening(settings({ BANTAM_TLS_CERT: 'a', BANTAM_TLS_KEY: 'b' }));
  assert.throws(() => checkListening(settings({ BANTAM_TLS_CERT: 'a' })), /set BANTAM_TLS_KEY, too/);
  assert.throws(() => checkListening(settings({ BANTAM_TLS_KEY: 'a' })), /set BANTAM_TLS_CERT, too/);
});

test('trusted proxies are addresses, ranges and three names; anything else is refused by name', () => {
  assert.deepEqual(trustedProxies(''), []);
  const list = ['127.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8', '1.2.3.4/32', 'loopback', 'linklocal', 'uniquelocal'];
  assert.deepEqual(trustedProxies(` ${list.join(' , ')},`), list);
  for (const wrong of ['10.0.0.0/33', '10.0.0.0/0', 'fd00::/129', '10.0.0', 'proxy', 'true', '10.0.0.0/255.0.0.0', '/8'])
    assert.throws(
      () => trustedProxies(`127.0.0.1,${wrong}`),
      (error: Error) => error.message.includes(JSON.stringify(wrong)),
      wrong,
    );
});
