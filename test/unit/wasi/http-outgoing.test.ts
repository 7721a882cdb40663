/** What guests build by wasi:http/types to answer: responses and bodies. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Fields } from '../../../executor/host/wasi/http/fields.ts';
import type { OutgoingBody } from '../../../executor/host/wasi/http/outgoing-body.ts';
import { OutgoingResponse, ResponseOutparam } from '../../../executor/host/wasi/http/outgoing.ts';
import { maxHeadBytes } from '../../../executor/host/wasi/http/state.ts';
import { IoError } from '../../../executor/host/wasi/io-error.ts';
import { ok } from '../../../executor/host/wasi/result.ts';
import type { OutputStream } from '../../../executor/host/wasi/streams.ts';
import type { World } from '../../../executor/host/world.ts';
import { callHost, dropHandle, misuseOf, newWorld, stopOf } from '../../support/wasi.ts';

interface Ok<T> {
  readonly tag: 'ok';
  readonly val: T;
}

const done = { tag: 'ok', val: undefined };
const failed = { tag: 'err', val: undefined };
const immutable = { tag: 'err', val: { tag: 'immutable' } };
const http = (name: string): string => `wasi:http/types#${name}`;
const call = (name: string, ...args: unknown[]): unknown => callHost(newWorld(), http(name), ...args);
const write = 'wasi:io/streams#[method]output-stream.blocking-write-and-flush';

function withLength(text: string): Fields {
  const fields = new Fields();
  fields.append('Content-Length', Buffer.from(text));
  return fields;
}

describe('outgoing-response', () => {
  test('has status 200 until another is set', () => {
    const response = call('[constructor]outgoing-response', new Fields()) as OutgoingResponse;
    const statusOf = (): unknown => call('[method]outgoing-response.status-code', response);
    assert.equal(statusOf(), 200);
    assert.deepEqual(call('[method]outgoing-response.set-status-code', response, 404), done);
    assert.equal(statusOf(), 404);
    for (const status of [0, 99, 1000, 65_535]) {
      assert.deepEqual(call('[method]outgoing-response.set-status-code', response, status), failed);
    }
    assert.equal(statusOf(), 404);
  });

  test('makes its header fields immutable', () => {
    const response = new OutgoingResponse(new Fields());
    const headers = call('[method]outgoing-response.headers', response);
    assert.deepEqual(call('[method]fields.append', headers, 'x', Buffer.from('1')), immutable);
  });

  test('gives its body once, and none when it took over a content-length that is no number', () => {
    const response = new OutgoingResponse(new Fields());
    assert.equal((call('[method]outgoing-response.body', response) as Ok<OutgoingBody>).tag, 'ok');
    assert.deepEqual(call('[method]outgoing-response.body', response), failed);
    const taken = Fields.ofRequest(['content-length', 'many']).clone();
    assert.deepEqual(call('[method]outgoing-response.body', new OutgoingResponse(taken)), failed);
  });
});

describe('outgoing-body', () => {
  const bodyOf = (world: World, headers = new Fields()): OutgoingBody =>
    (callHost(world, http('[method]outgoing-response.body'), new OutgoingResponse(headers)) as Ok<OutgoingBody>).val;
  const open = (world: World, body: OutgoingBody): OutputStream =>
    (callHost(world, http('[method]outgoing-body.write'), body) as Ok<OutputStream>).val;
  const finish = (world: World, body: OutgoingBody, trailers?: Fields): unknown =>
    callHost(world, http('[static]outgoing-body.finish'), body, trailers);
  const drop = (world: World, stream: OutputStream): void => dropHandle(world, 'wasi:io/streams#output-stream', stream);

  test('is written by one stream, and is whole when finished', () => {
    const world = newWorld();
    const body = bodyOf(world);
    const stream = open(world, body);
    assert.deepEqual(callHost(world, http('[method]outgoing-body.write'), body), failed);
    callHost(world, write, stream, Buffer.from('hel'));
    callHost(world, write, stream, Buffer.from('lo'));
    drop(world, stream);
    assert.deepEqual(finish(world, body), done);
    assert.equal(body.problem, undefined);
    assert.equal(Buffer.from(body.take()).toString(), 'hello');
  });

  test('keeps bytes of its own, not those of the guest', () => {
    const world = newWorld();
    const body = bodyOf(world);
    const chunk = Buffer.from('before');
    callHost(world, write, open(world, body), chunk);
    chunk.fill(0);
    assert.equal(Buffer.from(body.take()).toString(), 'before');
  });

  test('is finished or dropped only after its stream', () => {
    const world = newWorld();
    const body = bodyOf(world);
    const stream = open(world, body);
    misuseOf(world, () => finish(world, body));
    misuseOf(world, () => dropHandle(world, http('outgoing-body'), body));
    drop(world, stream);
    dropHandle(world, http('outgoing-body'), body);
    assert.deepEqual(body.problem, { tag: 'internal-error', val: 'outgoing-body was dropped without finish' });
  });

  test('trailers are refused with internal-error, empty ones are none', () => {
    const world = newWorld();
    const trailers = new Fields();
    trailers.append('x', Buffer.from('1'));
    const refusal = { tag: 'err', val: { tag: 'internal-error', val: 'trailers are not supported' } };
    assert.deepEqual(finish(world, bodyOf(world), trailers), refusal);
    assert.deepEqual(finish(world, bodyOf(world), new Fields()), done);
  });

  test('longer than its content-length is an error of the stream, which http-error-code knows again', () => {
    const world = newWorld();
    const body = bodyOf(world, withLength('3'));
    const stream = open(world, body);
    callHost(world, write, stream, Buffer.from('abc'));
    const failure = callHost(world, write, stream, Buffer.from('d')) as { tag: string; val: { tag: string; val: IoError } };
    assert.equal(failure.val.tag, 'last-operation-failed');
    const code = { tag: 'HTTP-response-body-size', val: 4n };
    assert.deepEqual(callHost(world, http('http-error-code'), failure.val.val), code);
    drop(world, stream);
    assert.deepEqual(finish(world, body), { tag: 'err', val: code });
    assert.deepEqual(body.problem, code);
  });

  test('shorter than its content-length cannot be finished', () => {
    const world = newWorld();
    const body = bodyOf(world, withLength('3'));
    assert.deepEqual(finish(world, body), { tag: 'err', val: { tag: 'HTTP-response-body-size', val: 0n } });
  });

  test('all bodies of a call together are as large as an answer may be', () => {
    const world = newWorld();
    world.http.begin();
    const chunk = new Uint8Array(4096);
    const streams = [bodyOf(world), bodyOf(world)].map((body) => open(world, body));
    for (let i = 0; i < 4096; i++) callHost(world, write, streams[i % 2], chunk);
    const reason = stopOf(world, () => callHost(world, write, streams[0], Buffer.from('x')));
    assert.ok(reason.kind === 'fault' && reason.code === 'GUEST_OUTPUT_EXCEEDED');
    assert.match(reason.detail, /16777216 bytes/);
  });

  test('the next call begins with nothing written', () => {
    const world = newWorld();
    world.http.spendBody(16_777_216);
    world.http.spendHead(maxHeadBytes);
    world.http.begin();
    assert.equal(world.http.spendBody(16_777_216), undefined);
    assert.equal(world.http.spendHead(maxHeadBytes), undefined);
    assert.ok(world.http.spendBody(1));
    assert.ok(world.http.spendHead(1));
  });
});

describe('response-outparam', () => {
  test('takes one answer', () => {
    const world = newWorld();
    const outparam = new ResponseOutparam();
    const response = ok(new OutgoingResponse(new Fields()));
    callHost(world, http('[static]response-outparam.set'), outparam, response);
    assert.equal(outparam.answer, response);
    misuseOf(world, () => callHost(world, http('[static]response-outparam.set'), outparam, response));
  });

  test('sends no informational responses', () => {
    const answer = call('[method]response-outparam.send-informational', new ResponseOutparam(), 103, new Fields()) as {
      tag: string;
      val: unknown;
    };
    assert.deepEqual(answer, { tag: 'err', val: { tag: 'internal-error', val: 'informational responses are not supported' } });
  });

  test('an error that is none of HTTP has no code', () => {
    assert.equal(call('http-error-code', new IoError('x')), undefined);
  });
});
