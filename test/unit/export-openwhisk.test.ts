/** Activations of OpenWhisk become calls, and what became of them results. What raw web actions are given is in test/e2e/export.test.ts. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CheckedAnswer } from '../../contracts/guest-answer.ts';
import { failure } from '../../contracts/invocation.ts';
import { callOf } from '../../export/runtime/openwhisk/request.ts';
import { plainResult, webResult } from '../../export/runtime/openwhisk/result.ts';

const web = { __ow_method: 'get', __ow_path: '', __ow_headers: {} };

describe('a web action that is not raw', () => {
  test('has the parameters of a GET as its query', () => {
    const { method, query, body } = callOf({ ...web, n: '42', text: 'a b&c' });
    assert.deepEqual({ method, query, body }, { method: 'GET', query: 'n=42&text=a+b%26c', body: undefined });
  });

  test('has those of a form as a form', () => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const { query, body, headers: seen } = callOf({ ...web, __ow_method: 'post', __ow_headers: headers, n: '42' });
    assert.deepEqual([query, body?.toString(), seen['content-type']], ['', 'n=42', 'application/x-www-form-urlencoded']);
  });

  test('has those of anything else as JSON, numbers as numbers', () => {
    const { query, body, headers } = callOf({ ...web, __ow_method: 'post', n: 42, list: [1] });
    assert.deepEqual([query, body?.toString(), headers['content-type']], ['', '{"n":42,"list":[1]}', 'application/json']);
  });

  test('has a body that is neither JSON nor a form beside its query', () => {
    const headers = { 'content-type': 'text/plain' };
    const { query, body } = callOf({ ...web, __ow_method: 'post', __ow_headers: headers, __ow_body: 'abcd', n: '1' });
    assert.deepEqual([query, body?.toString()], ['n=1', 'abcd']);
  });

  test('has nothing where there is nothing', () => {
    assert.deepEqual(callOf({ ...web, __ow_method: 'post' }).body, undefined);
  });
});

describe('a raw web action', () => {
  const raw = (type: string, body: string): Buffer | undefined =>
    callOf({ ...web, __ow_method: 'post', __ow_query: 'a=1', __ow_headers: { 'content-type': type }, __ow_body: body }).body;

  test('has octets and JSON from base64, as OpenWhisk sends them', () => {
    assert.deepEqual(raw('application/octet-stream', '/wA='), Buffer.from([255, 0]));
    assert.equal(raw('application/json', 'eyJuIjoxfQ==')?.toString(), '{"n":1}');
  });

  test('has text as it is, also where it could be base64', () => {
    assert.equal(raw('text/plain', 'abcd')?.toString(), 'abcd');
    assert.equal(raw('application/x-www-form-urlencoded', 'abcd')?.toString(), 'abcd');
  });

  test('has JSON as it is from those who do not encode it', () => {
    assert.equal(raw('application/json', '{"n":1}')?.toString(), '{"n":1}');
  });
});

test('parameters of any other action are the JSON body of a POST', () => {
  const { method, body, headers } = callOf({ n: 42 });
  assert.deepEqual([method, body?.toString(), headers['content-type']], ['POST', '{"n":42}', 'application/json']);
});

describe('results', () => {
  const answer = (body: string | Uint8Array | undefined, type = 'application/json', more: [string, string[]][] = []): CheckedAnswer => ({
    ok: true,
    status: 200,
    headers: new Map([['content-type', [type]], ...more]),
    body: body === undefined ? undefined : Buffer.from(body as string),
    start: 'fresh',
    timing: { loadUs: 0, runUs: 0 },
  });

  test('JSON that OpenWhisk would take for base64 is base64', () => {
    assert.equal(webResult(answer('2679'))['body'], 'MjY3OQ==');
    assert.equal(webResult(answer('null'))['body'], 'bnVsbA==');
    assert.equal(webResult(answer('26790'))['body'], '26790');
    assert.equal(webResult(answer('"abcd"'))['body'], '"abcd"');
  });

  test('octets and types that OpenWhisk does not know are base64, text is text', () => {
    assert.equal(webResult(answer('abcd', 'application/octet-stream'))['body'], 'YWJjZA==');
    assert.equal(webResult(answer('abcd', 'application/vnd.x+json'))['body'], 'YWJjZA==');
    assert.equal(webResult(answer('abcd', 'text/plain; charset=utf-8'))['body'], 'abcd');
  });

  test('several header lines of one name are a list', () => {
    const { headers } = webResult(answer('', 'text/plain', [['set-cookie', ['a=1', 'b=2']]]));
    assert.deepEqual(headers, { 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] });
  });

  test('a failure is an application error: of a web action an HTTP answer, of others the problem', () => {
    const failed = failure('GUEST_TRAPPED', 'the guest trapped: unreachable', { trap: 'unreachable' });
    assert.partialDeepStrictEqual(webResult(failed), { error: { statusCode: 500, body: { code: 'GUEST_TRAPPED', trap: 'unreachable' } } });
    assert.partialDeepStrictEqual(plainResult('core', failed), { error: { code: 'GUEST_TRAPPED', blame: 'guest' } });
  });

  test('a value that is no object is in `result`', () => {
    assert.deepEqual(plainResult('core', answer('42')), { result: 42 });
    assert.deepEqual(plainResult('component', answer('[1]')), { result: [1] });
    assert.deepEqual(plainResult('component', answer('{"a":1}')), { a: 1 });
    assert.deepEqual(plainResult('core', { ...answer(undefined), status: 204 }), { result: null });
  });

  test('a guest that answers by HTTP gives its answer whole', () => {
    const headers = { 'content-type': 'text/plain' };
    assert.deepEqual(plainResult('command', answer('é', 'text/plain')), { statusCode: 200, headers, body: 'é', isBase64Encoded: false });
    const octets = plainResult('component-http', answer(new Uint8Array([255]), 'text/plain'));
    assert.deepEqual(octets, { statusCode: 200, headers, body: '/w==', isBase64Encoded: true });
  });
});
