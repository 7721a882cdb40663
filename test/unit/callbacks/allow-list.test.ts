/** Which URLs may be called: the operator's list, https, and no spelling that gets around either. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AsyncConfig } from '../../../contracts/async.ts';
import { allowCallback, callbackRules } from '../../../gateway/callbacks/allow-list.ts';
import { refuseDestinations } from '../../../gateway/publish/destinations.ts';
import { ConfigError } from '../../../shared/config.ts';
import { rulesOf, secret } from '../../support/deliveries.ts';

const rules = rulesOf(' Hooks.example.com, *.example.org ,internal:8443,bücher.example,93.184.215.14,[2606:4700::1111]:8443,10.0.0.1');

const allowed = [
  'https://hooks.example.com',
  'https://hooks.example.com:443/a?b=c#d',
  'HTTPS://HOOKS.EXAMPLE.COM/',
  'https://a.example.org/',
  'https://a.b.example.org/',
  'https://internal:8443/x',
  'https://xn--bcher-kva.example/',
  'https://BÜCHER.example/',
  'https://93.184.215.14/',
  'https://0x5d.184.215.14/',
  'https://[2606:4700:0::1111]:8443/',
  // A path: URLs of https know no other slash.
  'https://hooks.example.com\\@evil.example/',
];

const refused: readonly (readonly [url: string, why: RegExp])[] = [
  ['http://hooks.example.com/', /https only/],
  ['ftp://hooks.example.com/', /https only/],
  ['hooks.example.com', /not a URL/],
  ['//hooks.example.com/', /not a URL/],
  ['', /not a URL/],
  [`https://hooks.example.com/${'a'.repeat(2_048)}`, /at most 2048/],
  ['https://user@hooks.example.com/', /no user/],
  ['https://:secret@hooks.example.com/', /no user/],
  ['https://hooks.example.com@evil.example/', /no user/],
  ['https://hooks.example.com:8443/', /hooks\.example\.com:8443/],
  ['https://internal/', /internal:443/],
  ['https://example.com/', /example\.com:443/],
  ['https://a.hooks.example.com/', /a\.hooks/],
  ['https://hooks.example.com./', /hooks\.example\.com\.:443/],
  ['https://example.org/', /example\.org/],
  ['https://evilexample.org/', /evilexample/],
  ['https://a.example.org.evil.example/', /evil/],
  ['https://hooks.example.com%2eevil.example/', /evil/],
  ['https://10.0.0.1/', /no public address/],
  ['https://0xa.1/', /no public address/],
  ['https://167772161/', /no public address/],
  ['https://[::ffff:10.0.0.1]/', /::ffff:a00:1/],
];

for (const url of allowed) test(`allows ${url}`, () => assert.equal(allowCallback(rules, url), undefined));

for (const [url, why] of refused) {
  test(`refuses ${url.slice(0, 60)}`, () => {
    const refusal = allowCallback(rules, url);
    assert.equal(refusal?.code, 'DESTINATION_NOT_ALLOWED');
    assert.match(refusal.message, why);
  });
}

test('listed addresses that are not public need BANTAM_CALLBACK_PRIVATE, in every spelling that a URL knows', () => {
  const hosts = '127.0.0.1,[::1],[::ffff:127.0.0.1],169.254.169.254';
  for (const url of [
    'https://127.0.0.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://017700000001/',
    'https://127.0.0.1./',
    'https://[::1]/',
    'https://[0:0:0:0:0:0:0:1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://169.254.169.254/latest/',
  ]) {
    assert.match(allowCallback(rulesOf(hosts), url)?.message ?? '', /no public address/, url);
    assert.equal(allowCallback(rulesOf(hosts, true), url), undefined, url);
  }
});

test('nothing is allowed where the operator says nothing', () => {
  const none = callbackRules({ BANTAM_CALLBACK_HOSTS: '', BANTAM_CALLBACK_PRIVATE: true });
  assert.match(allowCallback(none, 'https://hooks.example.com/')?.message ?? '', /BANTAM_CALLBACK_HOSTS is empty/);
});

test('hosts without a secret refuse to start, and say how to make one', () => {
  const problems = problemsOf('hooks.example.com');
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? '', /^BANTAM_CALLBACK_SECRET: .*openssl rand -base64 32/);
});

test('every entry that is no host refuses to start, and is named', () => {
  for (const entry of [
    '*',
    '*.',
    'https://hooks.example.com',
    'hooks.example.com/path',
    'a b',
    'u@hooks.example.com',
    'host:99999',
    'a.*.example.com',
    '*.10.0.0.1',
    'host?x',
    'host#x',
    ':443',
  ]) {
    const problems = problemsOf(`ok.example.com,${entry}`, secret);
    assert.equal(problems.length, 1, entry);
    assert.ok(problems[0]?.endsWith(`got ${JSON.stringify(entry)}`), problems.join());
  }
});

test('destinations of a configuration are refused by name', () => {
  const check = (async: AsyncConfig): void => refuseDestinations({ async }, (url) => allowCallback(rules, url));
  check({});
  check({ onSuccess: { function: 'next' }, onFailure: { function: 'next:canary' } });
  check({ onSuccess: { function: 'next@3' }, onFailure: { url: 'https://hooks.example.com/' } });
  assert.throws(() => check({ onSuccess: { url: 'https://evil.example/' } }), {
    code: 'DESTINATION_NOT_ALLOWED',
    message: 'async.onSuccess: the operator does not allow callbacks to evil.example:443',
  });
  assert.throws(() => check({ onFailure: { function: 'next@x' } }), {
    code: 'INVALID_CONFIG',
    message: 'async.onFailure.function: "x" is not a version number',
  });
});

function problemsOf(hosts: string, key?: string): readonly string[] {
  try {
    callbackRules({
      BANTAM_CALLBACK_HOSTS: hosts,
      BANTAM_CALLBACK_PRIVATE: false,
      ...(key !== undefined && { BANTAM_CALLBACK_SECRET: key }),
    });
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  return [];
}
