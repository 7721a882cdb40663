/** Standard output of a command as an HTTP answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAnswer } from '../../../executor/cgi/answer.ts';
import { GuestError } from '../../../executor/guest-error.ts';

interface Answer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

function read(output: string): Answer {
  const { status, headers, body } = readAnswer(Buffer.from(output, 'latin1'));
  return { status, headers, body: Buffer.from(body).toString('latin1') };
}

const text = ['content-type', 'text/plain; charset=utf-8'];
const octets = ['content-type', 'application/octet-stream'];

test('output without a header block is the body: text when it is UTF-8 without NUL, octets otherwise', () => {
  assert.deepEqual(read('hello\n'), { status: 200, headers: text, body: 'hello\n' });
  assert.deepEqual(read(''), { status: 200, headers: text, body: '' });
  assert.deepEqual(read('\xff\xfe'), { status: 200, headers: octets, body: '\xff\xfe' });
  assert.deepEqual(read('a\0b'), { status: 200, headers: octets, body: 'a\0b' });
});

test('a header block with Content-Type, Status or Location is honoured, with LF and with CRLF', () => {
  const expected = { status: 404, headers: ['content-type', 'text/html', 'x-a', '1', 'x-a', '2'], body: '<p>\n\nx' };
  for (const end of ['\n', '\r\n']) {
    const block = ['Content-Type: text/html', 'Status: 404 Not Found', 'X-A: 1', 'x-a:2  ', '', ''].join(end);
    assert.deepEqual(read(`${block}<p>\n\nx`), expected);
  }
  assert.deepEqual(read('Status: 204\n\n'), { status: 204, headers: [], body: '' });
});

test('Location without Status is a redirect; with Status it is what it says', () => {
  assert.deepEqual(read('Location: /a\n\n'), { status: 302, headers: ['location', '/a'], body: '' });
  assert.equal(read('Location: /a\nStatus: 201 Created\n\n').status, 201);
});

test('a body after a block without Content-Type gets one by its content', () => {
  assert.deepEqual(read('Status: 200 OK\n\nhi').headers, text);
  assert.deepEqual(read('Status: 200 OK\n\n\xff').headers, octets);
});

test('lines with colons that are no header block stay text', () => {
  for (const output of [
    'Note: hi\n\nbody',
    'Content-Type: text/html\nno colon here\n\nx',
    'Content-Type: text/html',
    'Content-Type: a/b\n',
    '\nx',
    'Bad Name: x\nStatus: 200\n\n',
  ]) {
    assert.deepEqual(read(output), { status: 200, headers: text, body: output });
  }
});

test('a header block of 64 KiB is read, a longer one is a body', () => {
  const block = (bytes: number): string => {
    const rest = 'Content-Type: a/b\nX: \n\n'.length;
    return `Content-Type: a/b\nX: ${'x'.repeat(bytes - rest)}\n\n`;
  };
  assert.equal(read(block(65_536)).headers[0], 'content-type');
  assert.equal(read(block(65_536)).body, '');
  assert.equal(read(block(65_537)).body.length, 65_537);
  const many = (count: number): string => `Status: 200\n${'X: 1\n'.repeat(count - 1)}\n`;
  assert.equal(read(many(200)).body, '');
  assert.notEqual(read(many(201)).body, '');
});

test('a status that is none, a field of CGI given twice, and a NUL in a value are refused', () => {
  const refused = (output: string): unknown => {
    try {
      return read(output);
    } catch (error) {
      return error instanceof GuestError ? error.code : error;
    }
  };
  for (const status of ['', 'abc', '99', '199', '600', '20', '2000', '200OK']) {
    assert.equal(refused(`Status: ${status}\n\n`), 'GUEST_ANSWER_INVALID', status);
  }
  assert.equal(refused('Content-Type: a/b\ncontent-type: c/d\n\n'), 'GUEST_ANSWER_INVALID');
  assert.equal(refused('Content-Type: a/b\nX: a\0x-b\0c\n\n'), 'GUEST_ANSWER_INVALID');
});
