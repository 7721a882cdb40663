/** Whatever bytes a guest answers with are the bytes that its caller gets, whichever way they are written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastify from 'fastify';
import { sendAnswer } from '../../gateway/plugins/answers.ts';
import { sendRaw } from '../support/http.ts';

const bodies: Readonly<Record<string, Uint8Array>> = {
  'ASCII of 4,096 bytes': Buffer.alloc(4_096, 'a'),
  'ASCII of 4,097 bytes': Buffer.alloc(4_097, 'a'),
  'UTF-8': Buffer.from('déjà vu'),
  'bytes that are no UTF-8': new Uint8Array([0xe9, 0xff, 0x80]),
  'NUL and line ends': new Uint8Array([0, 13, 10, 0]),
  'a part of a larger buffer': new Uint8Array(Buffer.from('xabcx').buffer, 0, 8).subarray(0, 3),
};

for (const [name, body] of Object.entries(bodies)) {
  for (const type of ['application/octet-stream', 'application/json', 'application/problem+json', 'text/plain']) {
    test(`${name}, as ${type}`, async (t) => {
      const app = fastify();
      t.after(() => app.close());
      app.get('/', (_request, reply) => sendAnswer(reply, { status: 200, headers: new Map([['content-type', [type]]]), body }));
      const answer = await fetch(await app.listen({ host: '127.0.0.1', port: 0 }));
      assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), new Uint8Array(body));
      assert.equal(answer.headers.get('content-length'), String(body.length));
      assert.equal(answer.headers.get('content-type'), type);
    });
  }
}

test('fields of the header are Latin-1, also with a small body', async (t) => {
  const app = fastify();
  t.after(() => app.close());
  const headers = new Map([['x-latin', ['caf\xe9']]]);
  app.get('/', (_request, reply) => sendAnswer(reply, { status: 200, headers, body: Buffer.from('{}') }));
  const { host } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const received = await sendRaw(`http://${host}`, `GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
  assert.ok(received.includes('x-latin: caf\xe9\r\n'), received);
});
