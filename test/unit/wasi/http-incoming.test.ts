/** What comes in by wasi:http/types: the request of the call, its body, and answers of an `Outbound`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Fields } from '../../../executor/host/wasi/http/fields.ts';
import { FutureIncomingResponse, type IncomingBody, IncomingRequest, IncomingResponse } from '../../../executor/host/wasi/http/incoming.ts';
import { alwaysReady } from '../../../executor/host/wasi/poll.ts';
import { ok } from '../../../executor/host/wasi/result.ts';
import type { InputStream } from '../../../executor/host/wasi/streams.ts';
import { guestRequest } from '../../support/guest-request.ts';
import { callHost, dropHandle, misuseOf, newWorld } from '../../support/wasi.ts';

interface Ok<T> {
  readonly tag: 'ok';
  readonly val: T;
}

const failed = { tag: 'err', val: undefined };
const call = (name: string, ...args: unknown[]): unknown => callHost(newWorld(), `wasi:http/types#${name}`, ...args);
const ask = (name: string, request: Parameters<typeof guestRequest>[0] = {}): unknown =>
  call(`[method]incoming-request.${name}`, new IncomingRequest(guestRequest(request)));

describe('incoming-request', () => {
  test('names the known methods, and gives others as they are', () => {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']) {
      assert.deepEqual(ask('method', { method }), { tag: method.toLowerCase() });
    }
    assert.deepEqual(ask('method', { method: 'QUERY' }), { tag: 'other', val: 'QUERY' });
    assert.deepEqual(ask('method', { method: 'get' }), { tag: 'other', val: 'get' });
  });

  test('gives the rest of the path, at least a slash, with the query if there is one', () => {
    const pathOf = (pathInfo: string, query: string): unknown => ask('path-with-query', { pathInfo, query });
    assert.equal(pathOf('', ''), '/');
    assert.equal(pathOf('', 'a=1&b'), '/?a=1&b');
    assert.equal(pathOf('/x%20y/', ''), '/x%20y/');
    assert.equal(pathOf('/x', 'q=?'), '/x?q=?');
  });

  test('gives scheme and authority', () => {
    assert.deepEqual(ask('scheme', { scheme: 'http' }), { tag: 'HTTP' });
    assert.deepEqual(ask('scheme', { scheme: 'https' }), { tag: 'HTTPS' });
    assert.equal(ask('authority', { authority: 'example.org:8080' }), 'example.org:8080');
  });

  test('gives header fields that do not change, without those a guest could not pass on', () => {
    const request = new IncomingRequest(guestRequest({ headers: ['host', 'h', 'x-a', '1', 'connection', 'close', 'x-a', '\xff'] }));
    const headers = call('[method]incoming-request.headers', request) as Fields;
    assert.deepEqual(headers.flatten(), ['x-a', '1', 'x-a', '\xff']);
    assert.deepEqual(call('[method]fields.delete', headers, 'x-a'), { tag: 'err', val: { tag: 'immutable' } });
    const copy = call('[static]fields.from-list', call('[method]fields.entries', headers)) as Ok<Fields>;
    assert.deepEqual(copy.val.flatten(), headers.flatten());
  });

  test('is consumed once', () => {
    const request = new IncomingRequest(guestRequest({}));
    assert.equal((call('[method]incoming-request.consume', request) as Ok<IncomingBody>).tag, 'ok');
    assert.deepEqual(call('[method]incoming-request.consume', request), failed);
  });
});

describe('incoming-body', () => {
  const bodyOf = (text: string): IncomingBody => (ask('consume', { body: Buffer.from(text) }) as Ok<IncomingBody>).val;
  const open = (body: IncomingBody): InputStream => (call('[method]incoming-body.stream', body) as Ok<InputStream>).val;

  test('gives its bytes by one stream', () => {
    const body = bodyOf('hello');
    const part = callHost(newWorld(), 'wasi:io/streams#[method]input-stream.read', open(body), 100n) as Ok<Uint8Array>;
    assert.equal(Buffer.from(part.val).toString(), 'hello');
    assert.deepEqual(call('[method]incoming-body.stream', body), failed);
  });

  test('an empty one is a stream that is closed', () => {
    const part = callHost(newWorld(), 'wasi:io/streams#[method]input-stream.read', open(bodyOf('')), 1n);
    assert.deepEqual(part, { tag: 'err', val: { tag: 'closed' } });
  });

  test('finish gives no trailers, once', () => {
    const trailers = call('[static]incoming-body.finish', bodyOf('unread'));
    assert.equal(call('[method]future-trailers.subscribe', trailers), alwaysReady);
    assert.deepEqual(call('[method]future-trailers.get', trailers), ok(ok(undefined)));
    assert.deepEqual(call('[method]future-trailers.get', trailers), failed);
  });

  test('is finished or dropped only after its stream', () => {
    const open1 = bodyOf('x');
    const stream = open(open1);
    const world = newWorld();
    misuseOf(world, () => callHost(world, 'wasi:http/types#[static]incoming-body.finish', open1));
    misuseOf(world, () => dropHandle(world, 'wasi:http/types#incoming-body', open1));
    dropHandle(world, 'wasi:io/streams#input-stream', stream);
    dropHandle(world, 'wasi:http/types#incoming-body', open1);
    callHost(world, 'wasi:http/types#[static]incoming-body.finish', open1);
  });
});

describe('incoming-response', () => {
  const response = (): IncomingResponse => new IncomingResponse(204, new Fields(), Buffer.from('body'));

  test('gives status, header fields that do not change, and its body once', () => {
    const self = response();
    assert.equal(call('[method]incoming-response.status', self), 204);
    const headers = call('[method]incoming-response.headers', self) as Fields;
    assert.deepEqual(call('[method]fields.delete', headers, 'x-a'), { tag: 'err', val: { tag: 'immutable' } });
    assert.equal((call('[method]incoming-response.consume', self) as Ok<IncomingBody>).tag, 'ok');
    assert.deepEqual(call('[method]incoming-response.consume', self), failed);
  });

  test('comes out of its future once', () => {
    const self = response();
    const future = new FutureIncomingResponse(ok(self));
    assert.equal(call('[method]future-incoming-response.subscribe', future), alwaysReady);
    assert.deepEqual(call('[method]future-incoming-response.get', future), ok(ok(self)));
    assert.deepEqual(call('[method]future-incoming-response.get', future), failed);
  });
});
