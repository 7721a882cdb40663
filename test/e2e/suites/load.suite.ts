/** Many calls at once: limits on how many, and right answers to all that are taken. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { add, counter, spin, work } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { eventually } from '../../support/eventually.ts';
import { assertAnswer, assertProblem, deploy, invoke } from '../../support/functions.ts';
import { type HttpAnswer, oneConnection, send, sendRaw } from '../../support/http.ts';
import { maxQueueDepth } from '../environment.ts';

export function loadSuite(deployment: () => Deployment): void {
  /** @returns what a gauge says now */
  async function gauge(name: string): Promise<number> {
    const { text } = await send(deployment().url, '/metrics');
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  }

  describe('under load', () => {
    before(async () => {
      const { url } = deployment();
      await Promise.all([
        deploy(url, 'many', add),
        deploy(url, 'many-counter', counter),
        deploy(url, 'work', work),
        deploy(url, 'slow', spin, { timeoutMs: 1_000 }),
        deploy(url, 'busy', spin, { timeoutMs: 1_000, concurrency: 2 }),
      ]);
    });

    describe('many calls', () => {
      test('200 at once are all answered, each with its own answer', async () => {
        const { url } = deployment();
        const answers = await Promise.all(
          Array.from({ length: 200 }, (_, i) => invoke(url, i % 4 === 0 ? 'many-counter' : `many?a=${i}&b=1000`)),
        );
        for (const [i, answer] of answers.entries()) assertAnswer(answer, i % 4 === 0 ? 1 : i + 1_000);
        assert.equal(new Set(answers.map(({ headers }) => headers['x-bantam-invocation-id'])).size, 200);
      });

      test('one connection carries many calls', async () => {
        const { url } = deployment();
        const agent = oneConnection();
        let connections = 0;
        agent.on('free', () => connections++);
        for (let i = 0; i < 50; i++) {
          const answer = await invoke(url, `many?a=${i}&b=1`, { agent });
          assertAnswer(answer, i + 1);
          assert.equal(answer.headers.connection, 'keep-alive');
        }
        assert.equal(Object.values(agent.freeSockets).flat().length, 1);
        agent.destroy();
      });

      test('pipelined calls are answered in their order', async () => {
        const { url } = deployment();
        const paths = Array.from({ length: 30 }, (_, i) => (i % 5 === 0 ? `work?rounds=${1_000_000 + i}` : `many?a=${i}&b=1`));
        const text = paths
          .map((path, i) => `GET /fn/${path} HTTP/1.1\r\nhost: test\r\n${i === paths.length - 1 ? 'connection: close\r\n' : ''}\r\n`)
          .join('');
        const received = await sendRaw(url, text);
        const bodies = [...received.matchAll(/\r\n\r\n(-?\d+)/g)].map(([, body]) => Number(body));
        assert.deepEqual(
          bodies,
          paths.map((_, i) => (i % 5 === 0 ? 0 : i + 1)),
        );
      });

      test('slow calls do not hold up fast ones', async () => {
        const { url } = deployment();
        let slowIsOver = false;
        const slow = invoke(url, 'slow').then((answer) => {
          slowIsOver = true;
          return answer;
        });
        for (let i = 0; i < 20; i++) assertAnswer(await invoke(url, `many?a=${i}&b=1`), i + 1);
        assert.equal(slowIsOver, false);
        assertProblem(await slow, 'GUEST_DEADLINE_EXCEEDED');
      });
    });

    describe('admission', () => {
      test('answers 429 FUNCTION_BUSY with Retry-After past the concurrency of a function, and no other function minds', async () => {
        const { url } = deployment();
        const inFlight = await gauge('bantam_gateway_in_flight_invocations');
        assert.equal(inFlight, 0);
        const running = [invoke(url, 'busy'), invoke(url, 'busy')];
        await eventually(async () => (await gauge('bantam_gateway_in_flight_invocations')) === 2);
        const refused = await invoke(url, 'busy');
        assertProblem(refused, 'FUNCTION_BUSY', '2 calls of this function are in flight, its limit');
        assert.match(String(refused.headers['retry-after']), /^[1-9]\d*$/);
        assert.equal(refused.headers['x-bantam-version'], '1');
        assertAnswer(await invoke(url, 'many?a=1&b=1'), 2);
        for (const answer of await Promise.all(running)) assertProblem(answer, 'GUEST_DEADLINE_EXCEEDED');
        // The places are free again.
        assertProblem(await invoke(url, 'busy?x=1'), 'INVALID_ARGUMENTS');
        assert.equal(await gauge('bantam_gateway_in_flight_invocations'), 0);
      });

      test('answers 503 QUEUE_FULL with Retry-After past the depth of the queue; callers that hang up make room', async () => {
        const { url } = deployment();
        const caller = new AbortController();
        const waiting = Array.from({ length: maxQueueDepth }, () =>
          invoke(url, 'slow', { signal: caller.signal }).catch((error: unknown) => error),
        );
        const refused = await eventually(async () => {
          const answer = await invoke(url, 'many?a=4&b=4', { signal: AbortSignal.timeout(200) }).catch(() => undefined);
          return answer?.status === 503 && answer;
        });
        assertProblem(refused, 'QUEUE_FULL', `${maxQueueDepth} calls are waiting, the limit is ${maxQueueDepth}`);
        assert.match(String(refused.headers['retry-after']), /^[1-9]\d*$/);
        caller.abort();
        await Promise.all(waiting);
        const startMs = performance.now();
        const served = await eventually(async (): Promise<HttpAnswer | false> => {
          const answer = await invoke(url, 'many?a=4&b=4');
          return answer.status === 200 && answer;
        });
        assertAnswer(served, 8);
        assert.ok(performance.now() - startMs < 5_000);
      });
    });
  });
}
