/** Callers that do not wait for their answers. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import Fastify from 'fastify';
import { hangUp } from '../../gateway/plugins/answers.ts';
import { send } from '../support/http.ts';

const app = Fastify();
after(() => app.close());

test('who hangs up is noticed, also by whoever asks afterwards; who waits has not hung up', async () => {
  const arrived = Promise.withResolvers<void>();
  const noticed = Promise.withResolvers<AbortSignal[]>();
  app.get('/patient', (_request, reply) => reply.send({ aborted: hangUp(reply).aborted }));
  app.get('/hasty', async (_request, reply) => {
    const before = hangUp(reply);
    arrived.resolve();
    await once(reply.raw, 'close');
    noticed.resolve([before, hangUp(reply)]);
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  assert.deepEqual((await send(url, '/patient')).json, { aborted: false });
  const caller = new AbortController();
  const gone = send(url, '/hasty', { signal: caller.signal });
  await arrived.promise;
  caller.abort();
  await assert.rejects(gone);
  assert.deepEqual(
    (await noticed.promise).map(({ aborted }) => aborted),
    [true, true],
  );
});
