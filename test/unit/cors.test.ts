/** CORS by configuration, as the Fetch standard asks for it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { BantamError } from '../../contracts/errors.ts';
import { corsHeaders, preflightHeaders, refuseCors } from '../../gateway/cors/policy.ts';
import { parseConfig } from '../../gateway/publish/config.ts';

test('an origin that is listed is named, one that is not gets nothing, and caches are told that it depends', () => {
  const config = { origins: ['https://a.example', 'https://b.example:8443'] };
  assert.deepEqual(corsHeaders(config, 'https://b.example:8443'), [
    ['vary', 'Origin'],
    ['access-control-allow-origin', 'https://b.example:8443'],
  ]);
  for (const origin of ['https://c.example', 'http://a.example', 'https://a.example.evil', 'null', ''])
    assert.deepEqual(corsHeaders(config, origin), [['vary', 'Origin']]);
});

test('credentials are allowed to listed origins only, where the configuration says so', () => {
  const config = { origins: ['https://a.example'], credentials: true };
  assert.deepEqual(corsHeaders(config, 'https://a.example').at(-1), ['access-control-allow-credentials', 'true']);
  assert.deepEqual(corsHeaders(config, 'https://b.example'), [['vary', 'Origin']]);
});

test('all origins are one answer for all', () => {
  assert.deepEqual(corsHeaders({ origins: ['*'] }, 'https://a.example'), [['access-control-allow-origin', '*']]);
});

test('a preflight is told methods and headers, those of JSON by default, and for how many seconds', () => {
  assert.deepEqual(preflightHeaders({ origins: ['*'] }), [
    ['access-control-allow-methods', 'GET, HEAD, POST'],
    ['access-control-allow-headers', 'content-type'],
  ]);
  assert.deepEqual(preflightHeaders({ origins: ['*'], methods: ['PUT'], headers: ['x-a', 'authorization'], maxAgeMs: 61_999 }), [
    ['access-control-allow-methods', 'PUT'],
    ['access-control-allow-headers', 'x-a, authorization'],
    ['access-control-max-age', '61'],
  ]);
});

test('"*" is refused where credentials are sent, and taken where they are not', () => {
  for (const cors of [
    { origins: ['*'] },
    { origins: ['https://a.example'], methods: ['*'] },
    { origins: ['https://a.example'], headers: ['*'] },
  ]) {
    refuseCors({ cors });
    assert.throws(
      () => refuseCors({ cors: { ...cors, credentials: true } }),
      (error) => error instanceof BantamError && error.code === 'INVALID_CONFIG',
    );
  }
  refuseCors({});
});

test('a configuration takes origins as browsers send them, and refuses what would never match', () => {
  for (const origin of ['*', 'https://a.example', 'http://localhost:3000', 'http://[::1]:8080', 'capacitor://localhost'])
    assert.deepEqual(parseConfig({ cors: { origins: [origin] } }), { cors: { origins: [origin] } });
  for (const origin of [
    'https://a.example/',
    'https://A.example',
    'a.example',
    'https://*.example',
    'null',
    '',
    'https://a.example, https://b.example',
  ])
    assert.throws(() => parseConfig({ cors: { origins: [origin] } }), /cors\.origins\.0 must be an origin such as/, origin);
  assert.throws(() => parseConfig({ cors: { origins: [] } }), /cors\.origins/);
  assert.throws(() => parseConfig({ cors: { origins: ['*'], maxAge: 5 } }), /cors\.maxAge is no member of cors/);
  assert.throws(() => parseConfig({ cors: { origins: ['*'], headers: ['a b'] } }), /cors\.headers\.0/);
});
