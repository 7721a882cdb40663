/** What guests build by wasi:http/types to ask others: requests, options; and where requests go. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Fields } from '../../../executor/host/wasi/http/fields.ts';
import { FutureIncomingResponse, IncomingResponse } from '../../../executor/host/wasi/http/incoming.ts';
import type { OutgoingBody } from '../../../executor/host/wasi/http/outgoing-body.ts';
import { OutgoingRequest, RequestOptions } from '../../../executor/host/wasi/http/outgoing.ts';
import { ok } from '../../../executor/host/wasi/result.ts';
import { callHost, newWorld, stopOf } from '../../support/wasi.ts';

interface Ok<T> {
  readonly tag: 'ok';
  readonly val: T;
}

const done = { tag: 'ok', val: undefined };
const failed = { tag: 'err', val: undefined };
const immutable = { tag: 'err', val: { tag: 'immutable' } };
const http = (name: string): string => `wasi:http/types#${name}`;
const call = (name: string, ...args: unknown[]): unknown => callHost(newWorld(), http(name), ...args);

describe('outgoing-request', () => {
  const request = (): OutgoingRequest => call('[constructor]outgoing-request', new Fields()) as OutgoingRequest;
  const set = (self: OutgoingRequest, name: string, value: unknown): unknown => call(`[method]outgoing-request.set-${name}`, self, value);
  const get = (self: OutgoingRequest, name: string): unknown => call(`[method]outgoing-request.${name}`, self);

  test('begins as GET without anything else', () => {
    const self = request();
    assert.deepEqual(
      ['method', 'scheme', 'authority', 'path-with-query'].map((name) => get(self, name)),
      [{ tag: 'get' }, undefined, undefined, undefined],
    );
    assert.deepEqual(call('[method]fields.append', get(self, 'headers'), 'x', Buffer.from('1')), immutable);
  });

  test('keeps what is within the grammar', () => {
    const values: [string, unknown][] = [
      ['method', { tag: 'put' }],
      ['method', { tag: 'other', val: 'QUERY' }],
      ['scheme', { tag: 'HTTPS' }],
      ['scheme', { tag: 'other', val: 'coap+tcp' }],
      ['scheme', undefined],
      ['authority', 'example.org'],
      ['authority', 'user:pw@example.org:8080'],
      ['authority', '[::1]:80'],
      ['authority', undefined],
      ['path-with-query', '/a/b?c=d&e={f}'],
      ['path-with-query', '?q'],
      ['path-with-query', ''],
      ['path-with-query', undefined],
    ];
    const self = request();
    for (const [name, value] of values) {
      assert.deepEqual(set(self, name, value), done, String(value));
      assert.deepEqual(get(self, name), value);
    }
  });

  test('refuses what is not, and keeps what it had', () => {
    const values: [string, unknown][] = [
      ['method', { tag: 'other', val: '' }],
      ['method', { tag: 'other', val: 'GET /x' }],
      ['scheme', { tag: 'other', val: '1x' }],
      ['scheme', { tag: 'other', val: 'ht tp' }],
      ['authority', ''],
      ['authority', 'example.org/path'],
      ['authority', 'a b'],
      ['authority', 'a\r\nx: y'],
      ['authority', 'example.org:80:80'],
      ['path-with-query', '*'],
      ['path-with-query', 'http://example.org/'],
      ['path-with-query', '/a b'],
      ['path-with-query', '/a#b'],
      ['path-with-query', '/a\r\n'],
      ['path-with-query', '/ä'],
    ];
    const self = request();
    for (const [name, value] of values) {
      const before = get(self, name);
      assert.deepEqual(set(self, name, value), failed, JSON.stringify(value));
      assert.deepEqual(get(self, name), before);
    }
  });

  test('its texts count against what a call may build', () => {
    const world = newWorld();
    const path = '/'.repeat(1_000_000);
    for (let i = 0; i < 4; i++) callHost(world, http('[method]outgoing-request.set-path-with-query'), request(), path);
    stopOf(world, () => callHost(world, http('[method]outgoing-request.set-path-with-query'), request(), path));
  });

  test('gives its body once; one longer than its content-length is told as that of a request', () => {
    const world = newWorld();
    const headers = new Fields();
    headers.append('content-length', Buffer.from('1'));
    const self = new OutgoingRequest(headers);
    const body = (callHost(world, http('[method]outgoing-request.body'), self) as Ok<OutgoingBody>).val;
    assert.deepEqual(callHost(world, http('[method]outgoing-request.body'), self), failed);
    assert.deepEqual(body.finish(undefined), { tag: 'HTTP-request-body-size', val: 0n });
  });
});

describe('request-options', () => {
  for (const name of ['connect-timeout', 'first-byte-timeout', 'between-bytes-timeout']) {
    test(`${name} is none until it is set, and can be taken back`, () => {
      const options = call('[constructor]request-options') as RequestOptions;
      const get = (): unknown => call(`[method]request-options.${name}`, options);
      assert.equal(get(), undefined);
      assert.deepEqual(call(`[method]request-options.set-${name}`, options, 5n), done);
      assert.equal(get(), 5n);
      call(`[method]request-options.set-${name}`, options, undefined);
      assert.equal(get(), undefined);
    });
  }
});

describe('outgoing-handler', () => {
  const handle = 'wasi:http/outgoing-handler#handle';

  test('denies every request', () => {
    const world = newWorld();
    const answer = callHost(world, handle, new OutgoingRequest(new Fields()), new RequestOptions());
    assert.deepEqual(answer, { tag: 'err', val: { tag: 'HTTP-request-denied' } });
    assert.equal(world.stopped, undefined);
  });

  test('hands request and options to the outbound of the world', () => {
    const world = newWorld();
    const future = new FutureIncomingResponse(ok(new IncomingResponse(200, new Fields(), Buffer.alloc(0))));
    const seen: unknown[] = [];
    world.http.outbound = {
      send: (...args) => {
        seen.push(...args);
        return ok(future);
      },
    };
    const request = new OutgoingRequest(new Fields());
    assert.deepEqual(callHost(world, handle, request, undefined), ok(future));
    assert.deepEqual(seen, [request, undefined]);
  });
});
