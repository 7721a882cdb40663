/** Callbacks over real https: what counts as delivered, and who is never connected to. */
import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { test, type TestContext } from 'node:test';
import type { CallbackRules } from '../../gateway/callbacks/allow-list.ts';
import type { Carried } from '../../gateway/callbacks/carried.ts';
import { checkedLookup, type Resolve } from '../../gateway/callbacks/lookup.ts';
import { postCallback } from '../../gateway/callbacks/post.ts';
import { signedHeaders } from '../../gateway/callbacks/sign.ts';
import { urlCarrier } from '../../gateway/callbacks/to-url.ts';
import { type CallbackServer, certificate, startCallbackServer } from '../support/callback-server.ts';
import { aDelivery, rulesOf, secret } from '../support/deliveries.ts';

async function serve(t: TestContext, answer?: Parameters<typeof startCallbackServer>[0]): Promise<CallbackServer> {
  const server = await startCallbackServer(answer);
  t.after(() => server.close());
  return server;
}

const loopback: LookupAddress = { address: '127.0.0.1', family: 4 };
const resolveTo =
  (...addresses: LookupAddress[]): Resolve =>
  (_, __, callback) =>
    process.nextTick(callback, null, addresses);

/** To https://hooks.example.com, which is this machine. */
function deliver(
  server: CallbackServer,
  options: { rules?: CallbackRules; timeoutMs?: number; resolve?: Resolve; ca?: string } = {},
): Promise<Carried> {
  const host = `hooks.example.com:${server.port}`;
  const carry = urlCarrier({ rules: rulesOf(host, true), resolve: resolveTo(loopback), ca: certificate, ...options });
  return carry(aDelivery(), `https://${host}/end?x=1`);
}

test('a callback is a POST of the answer, with its type, its headers and a signature that verifies', async (t) => {
  const server = await serve(t);
  assert.deepEqual(await deliver(server), { ok: true });
  const [callback] = server.received;
  assert.equal(server.received.length, 1);
  assert.ok(callback !== undefined);
  const { method, path, headers, body } = callback;
  assert.equal(`${method} ${path} ${body.toString()}`, 'POST /end?x=1 42');
  assert.partialDeepStrictEqual(headers, {
    'content-type': 'application/json',
    'content-length': '2',
    host: `hooks.example.com:${server.port}`,
    'x-bantam-outcome': 'success',
    'x-call-id': aDelivery().invocation,
    'webhook-id': aDelivery().id,
  });
  const sentAt = Number(headers['webhook-timestamp']);
  assert.ok(Math.abs(sentAt - Date.now() / 1_000) < 60, headers['webhook-timestamp'] as string);
  assert.equal(headers['webhook-signature'], signedHeaders(secret, aDelivery().id, sentAt, body)['webhook-signature']);
});

const judged: readonly (readonly [status: number, headers: Record<string, string>, carried: Carried])[] = [
  [200, {}, { ok: true }],
  [299, {}, { ok: true }],
  [301, { location: 'https://127.0.0.1/' }, { ok: false, detail: 'it answered with status 301', final: false, retryAfterMs: 0 }],
  [404, {}, { ok: false, detail: 'it answered with status 404', final: false, retryAfterMs: 0 }],
  [410, { 'retry-after': '5' }, { ok: false, detail: 'it answered with status 410', final: true, retryAfterMs: 0 }],
  [429, { 'Retry-After': '120' }, { ok: false, detail: 'it answered with status 429', final: false, retryAfterMs: 120_000 }],
  [503, {}, { ok: false, detail: 'it answered with status 503', final: false, retryAfterMs: 0 }],
];
for (const [status, headers, carried] of judged) {
  test(`status ${status} ${carried.ok ? 'is success' : carried.final ? 'is the end of it' : 'is a failure that may pass'}`, async (t) => {
    const server = await serve(t, (response) => response.writeHead(status, headers).end('said'));
    assert.deepEqual(await deliver(server), carried);
    assert.equal(server.received.length, 1);
  });
}

test('a redirect is not followed', async (t) => {
  const elsewhere = await serve(t);
  for (const status of [302, 307, 308]) {
    const server = await serve(t, (response) =>
      response.writeHead(status, { location: `https://hooks.example.com:${elsewhere.port}/` }).end(),
    );
    assert.equal((await deliver(server)).ok, false);
  }
  assert.equal(elsewhere.connections(), 0);
});

test('an answer that does not come in time is a failure that may pass', async (t) => {
  const server = await serve(t, () => {});
  const carried = await deliver(server, { timeoutMs: 200 });
  assert.deepEqual(carried, { ok: false, detail: 'it did not answer within 200 ms', final: false, retryAfterMs: 0 });
});

test('an answer whose body stops halfway counts by its status', async (t) => {
  const server = await serve(t, (response) => response.writeHead(200, { 'content-length': 100 }).write('half'));
  assert.deepEqual(await deliver(server, { timeoutMs: 200 }), { ok: true });
});

test('of an answer without an end only the beginning is read', async (t) => {
  let sentBytes = 0;
  const server = await serve(t, (response) => {
    const chunk = Buffer.alloc(16_384);
    const more = (): void => {
      do sentBytes += chunk.length;
      while (response.write(chunk) && !response.destroyed);
    };
    response.writeHead(200).on('drain', more);
    more();
  });
  assert.deepEqual(await deliver(server, { timeoutMs: 2_000 }), { ok: true });
  assert.ok(sentBytes < 16_777_216, `${sentBytes} bytes`);
});

test('a certificate that nobody vouches for, or for another name, is refused before anything is sent', async (t) => {
  const server = await serve(t);
  const { ca: _, ...untrusted } = {
    ca: certificate,
    rules: rulesOf(`hooks.example.com:${server.port}`, true),
    resolve: resolveTo(loopback),
  };
  const unknown = await urlCarrier(untrusted)(aDelivery(), `https://hooks.example.com:${server.port}/`);
  assert.deepEqual(unknown, { ok: false, detail: 'it could not be reached: DEPTH_ZERO_SELF_SIGNED_CERT', final: false, retryAfterMs: 0 });
  const other = `other.example.com:${server.port}`;
  const carry = urlCarrier({ rules: rulesOf(other, true), resolve: resolveTo(loopback), ca: certificate });
  assert.match(JSON.stringify(await carry(aDelivery(), `https://${other}/`)), /ERR_TLS_CERT_ALTNAME_INVALID/);
  assert.equal(server.received.length, 0);
});

test('a host that is not listed any more, or has a private address, is not connected to', async (t) => {
  const server = await serve(t);
  const host = `hooks.example.com:${server.port}`;
  const unlisted = await deliver(server, { rules: rulesOf('another.example.com', true) });
  assert.ok(!unlisted.ok && unlisted.final, JSON.stringify(unlisted));
  const detail = 'hooks.example.com has an address that is not public';
  for (const addresses of [[loopback], [{ address: '93.184.215.14', family: 4 }, loopback], [{ address: '::ffff:127.0.0.1', family: 6 }]]) {
    const carried = await deliver(server, { rules: rulesOf(host), resolve: resolveTo(...addresses) });
    assert.deepEqual(carried, { ok: false, detail, final: true, retryAfterMs: 0 });
  }
  const literal = urlCarrier({ rules: rulesOf(`127.0.0.1:${server.port}`), ca: certificate });
  for (const spelling of ['127.0.0.1', '0x7f.1', '2130706433']) {
    const carried = await literal(aDelivery(), `https://${spelling}:${server.port}/`);
    assert.deepEqual(carried, { ok: false, detail: '127.0.0.1 is no public address', final: true, retryAfterMs: 0 });
  }
  assert.equal(server.connections(), 0);
});

test('a name that is public when asked first and private when asked again (DNS rebinding) is asked once, and what was checked is connected to', async (t) => {
  const [checked, rebound] = [await serve(t), await serve(t)];
  let asked = 0;
  const resolve: Resolve = (_, __, callback) => {
    asked += 1;
    process.nextTick(callback, null, [asked === 1 ? loopback : { address: '127.0.0.2', family: 4 }]);
  };
  // 127.0.0.1 stands for the public address.
  const lookup = checkedLookup((address) => address === '127.0.0.1', resolve);
  const url = `https://hooks.example.com:${checked.port}/`;
  assert.deepEqual(await postCallback({ url, headers: {}, body: Buffer.from('x') }, { lookup, timeoutMs: 5_000, ca: certificate }), {
    ok: true,
  });
  assert.equal(asked, 1);
  assert.equal(checked.received.length, 1);
  const again = await postCallback({ url, headers: {}, body: Buffer.from('x') }, { lookup, timeoutMs: 5_000, ca: certificate });
  assert.deepEqual(again, { ok: false, detail: 'hooks.example.com has an address that is not public', final: true, retryAfterMs: 0 });
  assert.equal(checked.connections() + rebound.connections(), 1);
});

test('a name that is not there, and a port where nobody listens, are failures that may pass and say nothing of the network', async (t) => {
  const server = await serve(t);
  const missing: Resolve = (_, __, callback) =>
    process.nextTick(callback, Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }), []);
  const carried = await deliver(server, { resolve: missing });
  assert.deepEqual(carried, { ok: false, detail: 'it could not be reached: ENOTFOUND', final: false, retryAfterMs: 0 });
  const gone = await startCallbackServer();
  await gone.close();
  assert.deepEqual(await deliver(gone), { ok: false, detail: 'it could not be reached: ECONNREFUSED', final: false, retryAfterMs: 0 });
});
