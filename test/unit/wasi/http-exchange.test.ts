/** What a call of `wasi:http/incoming-handler` answers, or why it has no answer. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GuestRequest } from '../../../contracts/request.ts';
import { beginExchange, type Exchange, maxAnswerHeaderBytes, readAnswer } from '../../../executor/host/wasi/http-exchange.ts';
import { Fields } from '../../../executor/host/wasi/http/fields.ts';
import { OutgoingResponse } from '../../../executor/host/wasi/http/outgoing.ts';
import { maxHeadBytes } from '../../../executor/host/wasi/http/state.ts';
import { err, ok } from '../../../executor/host/wasi/result.ts';
import { guestRequest } from '../../support/guest-request.ts';
import { newWorld } from '../../support/wasi.ts';

function fieldsOf(...flat: string[]): Fields {
  const fields = new Fields();
  for (let i = 0; i < flat.length; i += 2) fields.append(flat[i] ?? '', Buffer.from(flat[i + 1] ?? '', 'latin1'));
  return fields;
}

/** Answers with these header fields and this body, `undefined` for none. */
function answered(headers: Fields, body: string | undefined, request: Partial<GuestRequest> = {}): Exchange {
  const world = newWorld();
  const exchange = beginExchange(world, guestRequest(request));
  const response = new OutgoingResponse(headers);
  if (body !== undefined) {
    const outgoing = response.openBody(world.http);
    outgoing?.open()?.write(Buffer.from(body));
    outgoing?.finish(undefined);
  }
  exchange[1].answer = ok(response);
  return exchange;
}

function invalid(exchange: Exchange): string {
  let detail = '';
  assert.throws(
    () => readAnswer(exchange),
    (error: Error & { code?: string }) => {
      detail = error.message;
      return error.code === 'GUEST_ANSWER_INVALID';
    },
  );
  return detail;
}

describe('the answer of a handler', () => {
  test('is its status, its header fields in lower case, and its body', () => {
    const exchange = answered(fieldsOf('Content-Type', 'text/plain', 'X-A', '\xff'), 'hello');
    const { status, headers, body } = readAnswer(exchange);
    assert.equal(status, 200);
    assert.deepEqual(headers, ['content-type', 'text/plain', 'x-a', '\xff']);
    assert.equal(Buffer.from(body).toString(), 'hello');
  });

  test('may be without a body', () => {
    assert.equal(readAnswer(answered(new Fields(), undefined)).body.length, 0);
    assert.equal(readAnswer(answered(new Fields(), '')).body.length, 0);
    assert.equal(readAnswer(answered(fieldsOf('content-length', '0'), undefined)).body.length, 0);
  });

  test('with a content-length and no body is one only to HEAD and as 304', () => {
    const headers = (): Fields => fieldsOf('content-length', '5');
    assert.match(invalid(answered(headers(), undefined)), /content-length and no body/);
    assert.equal(readAnswer(answered(headers(), undefined, { method: 'HEAD' })).body.length, 0);
    const notModified = answered(headers(), undefined);
    const { answer } = notModified[1];
    if (answer?.tag === 'ok') answer.val.status = 304;
    assert.equal(readAnswer(notModified).status, 304);
  });

  test('is missing when the handler gave none', () => {
    assert.match(invalid(beginExchange(newWorld(), guestRequest({}))), /did not call response-outparam.set/);
  });

  test('is missing when the handler gave an error, which is named', () => {
    const exchange = beginExchange(newWorld(), guestRequest({}));
    exchange[1].answer = err({ tag: 'internal-error', val: 'no "database"' });
    assert.match(invalid(exchange), /with the error internal-error\("no \\"database\\""\)/);
    exchange[1].answer = err({ tag: 'HTTP-response-body-size', val: 5n });
    assert.match(invalid(exchange), /HTTP-response-body-size\("5"\)/);
    exchange[1].answer = err({ tag: 'loop-detected' });
    assert.match(invalid(exchange), /the error loop-detected$/);
  });

  test('is whole when the handler left the body neither finished nor dropped, and none when it dropped it', () => {
    const world = newWorld();
    const [request, out] = beginExchange(world, guestRequest({}));
    const response = new OutgoingResponse(new Fields());
    const body = response.openBody(world.http);
    body?.open()?.write(Buffer.from('left'));
    out.answer = ok(response);
    assert.equal(Buffer.from(readAnswer([request, out]).body).toString(), 'left');
    body?.abandon();
    assert.match(invalid([request, out]), /not whole: internal-error\("outgoing-body was dropped without finish"\)/);
  });

  test('is none with a body other than its content-length', () => {
    assert.match(invalid(answered(fieldsOf('content-length', '4'), 'hello')), /HTTP-response-body-size/);
    assert.match(invalid(answered(fieldsOf('content-length', '6'), 'hello')), /HTTP-response-body-size/);
    assert.equal(readAnswer(answered(fieldsOf('content-length', '5'), 'hello')).body.length, 5);
  });

  test('has a status from 200 to 599', () => {
    const statusOf = (status: number): Exchange => {
      const exchange = answered(new Fields(), '');
      const { answer } = exchange[1];
      if (answer?.tag === 'ok') answer.val.status = status;
      return exchange;
    };
    for (const status of [100, 199, 600, 999]) assert.match(invalid(statusOf(status)), new RegExp(`status of the answer is ${status}`));
    for (const status of [200, 599]) assert.equal(readAnswer(statusOf(status)).status, status);
  });

  test('has a limit on its header fields', () => {
    const value = 'v'.repeat(maxAnswerHeaderBytes - 33);
    assert.equal(readAnswer(answered(fieldsOf('x', value), '')).headers.length, 2);
    assert.match(invalid(answered(fieldsOf('x', `${value}v`), '')), /count as 65537 bytes; 65536 are allowed/);
  });

  test('a world serves one call after the other, each with all that a call may build', () => {
    const world = newWorld();
    const first = beginExchange(world, guestRequest({}));
    first[1].answer = ok(new OutgoingResponse(new Fields()));
    assert.equal(readAnswer(first).status, 200);
    world.http.spendHead(maxHeadBytes);
    invalid(beginExchange(world, guestRequest({})));
    assert.equal(world.http.spendHead(maxHeadBytes), undefined);
  });
});
