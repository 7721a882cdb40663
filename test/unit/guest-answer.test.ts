/** What a guest answers, checked before it becomes HTTP. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode } from '../../contracts/errors.ts';
import type { Answer } from '../../contracts/invocation.ts';
import { type CheckedAnswer, checkAnswer } from '../../contracts/guest-answer.ts';

const timing = { loadUs: 1, runUs: 2 };

function answer(status: number, headers: readonly string[] = [], body = ''): Answer {
  return { ok: true, status, headers, body: Buffer.from(body), start: 'fresh', timing };
}

function passed(given: Answer, method = 'GET'): CheckedAnswer {
  const checked = checkAnswer(given, method);
  assert.ok(checked.ok);
  return checked;
}

const headersOf = (given: Answer, method?: string): object => Object.fromEntries(passed(given, method).headers);

function refused(given: Answer, detail: RegExp, code: ErrorCode = 'GUEST_ANSWER_INVALID'): void {
  const checked = checkAnswer(given, 'GET');
  assert.ok(!checked.ok);
  assert.equal(checked.code, code);
  assert.match(checked.detail, detail);
  assert.equal(checked.timing, timing);
}

test('headers are passed on by lower-case name, each line of its own', () => {
  const given = answer(201, ['Content-Type', 'text/html', 'Set-Cookie', 'a=1', 'set-cookie', 'b=2', 'X-Latin', ' caf\u00e9\t'], 'x');
  assert.deepEqual(headersOf(given), { 'content-type': ['text/html'], 'set-cookie': ['a=1', 'b=2'], 'x-latin': ['caf\u00e9'] });
  assert.equal(passed(given).status, 201);
  assert.equal(Buffer.from(passed(given).body ?? []).toString(), 'x');
});

test('fields of the connection and of the platform are left out', () => {
  const names = [
    'Connection',
    'Keep-Alive',
    'Transfer-Encoding',
    'TE',
    'Trailer',
    'Upgrade',
    'Proxy-Authenticate',
    'X-Bantam-Start',
    'X-Request-Id',
  ];
  for (const name of names) assert.deepEqual(headersOf(answer(200, [name, 'x', 'X-Kept', '1'])), { 'x-kept': ['1'] }, name);
  assert.deepEqual(headersOf(answer(200, ['X-Hop', '1', 'Connection', 'x-hop', 'X-Kept', '1'])), { 'x-kept': ['1'] });
});

test('only a final status is one', () => {
  for (const status of [200, 299, 404, 599]) assert.equal(passed(answer(status)).status, status);
  for (const status of [0, 100, 101, 199, 600, 999, 1000, -1, 200.5, Number.NaN])
    refused(answer(status), /^the guest answered with status /);
});

test('names and values that HTTP cannot carry are refused by name', () => {
  for (const name of ['', 'a b', 'a:', 'é', 'a\n']) refused(answer(200, [name, 'x']), /has a name that is none$/);
  for (const value of ['a\r\nSet-Cookie: b', 'a\nb', 'a\0b', '\u0100', '\u007f', 'x\u0001'])
    refused(answer(200, ['X-A', value]), /^the guest's header x-a has a value with characters/);
  refused(answer(200, ['Location', '/a', 'location', '/b']), /more than one header location$/);
  refused(answer(200, ['Content-Type', 'a/b', 'Content-Type', 'a/b'], 'x'), /more than one header content-type$/);
});

test('headers are limited in all', () => {
  const lines = (count: number): string[] => Array.from({ length: count }, (_, i) => [`x-${i}`, 'y'.repeat(1000)]).flat();
  passed(answer(200, lines(64)));
  refused(answer(200, lines(66)), /limited to 65536 bytes$/, 'GUEST_OUTPUT_EXCEEDED');
});

test('a content-length is that of the body, or of what HEAD and 304 describe', () => {
  assert.deepEqual(headersOf(answer(200, ['Content-Length', '2', 'content-type', 'a/b'], 'hi')), { 'content-type': ['a/b'] });
  assert.deepEqual(headersOf(answer(200, ['content-length', '99']), 'HEAD'), { 'content-length': ['99'] });
  assert.deepEqual(headersOf(answer(304, ['content-length', '99'])), { 'content-length': ['99'] });
  refused(answer(200, ['content-length', '3'], 'hi'), /^the guest's content-length is "3", its body has 2 bytes$/);
  refused(answer(200, ['content-length', '2, 2'], 'hi'), /content-length is "2, 2"/);
  refused(answer(200, ['content-length', '2', 'content-length', '2'], 'hi'), /more than one header content-length$/);
  refused(answer(304, ['content-length', '-1']), /content-length is "-1"/);
});

test('204, 205 and 304 have no content', () => {
  for (const status of [204, 205, 304]) {
    const checked = passed(answer(status, [], 'dropped'));
    assert.equal(checked.body, undefined);
    assert.equal(checked.headers.size, 0);
  }
  assert.deepEqual(headersOf(answer(204, ['content-length', '0'])), {});
});

test('a body without type is bytes; no body has no type', () => {
  assert.deepEqual(headersOf(answer(200, [], 'x')), { 'content-type': ['application/octet-stream'] });
  assert.equal(passed(answer(200)).body, undefined);
  assert.deepEqual(headersOf(answer(200)), {});
});
