/** Who is told of the end of an asynchronous invocation: functions, and URLs that the operator allows. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Delivery, InvocationRecord } from '../../../contracts/async.ts';
import { constant } from '../../fixtures/guests.ts';
import { type CallbackServer, type ReceivedCallback, startCallbackServer } from '../../support/callback-server.ts';
import type { Deployment } from '../../support/deployment.ts';
import { eventually } from '../../support/eventually.ts';
import { assertProblem, deploy, patch, upload } from '../../support/functions.ts';
import { type HttpAnswer, send } from '../../support/http.ts';
import { fromWat } from '../../support/modules.ts';
import { callbackPort, callbackSecret } from '../environment.ts';

const trapping = '(module (func (export "run") unreachable))';
/** Answers with the body of its request. */
const echo = readFileSync(join(import.meta.dirname, '..', '..', 'conformance', 'command-echo', 'module.wat'), 'utf8');
const allowed = `https://localhost:${callbackPort}`;

export function callbacksSuite(deployment: () => Deployment): void {
  let server: CallbackServer | undefined;
  const api = (path: string): Promise<HttpAnswer> => send(deployment().url, `/api/${path}`);
  const accept = async (name: string, headers: Record<string, string> = {}, body = ''): Promise<string> => {
    const answer = await send(deployment().url, `/async/${name}`, { method: 'POST', headers, body });
    assert.equal(answer.status, 202, answer.text);
    return (answer.json as { readonly id: string }).id;
  };
  const invocationsOf = async (name: string): Promise<readonly InvocationRecord[]> =>
    ((await api(`invocations?function=${name}`)).json as { readonly invocations: readonly InvocationRecord[] }).invocations;
  const told = (path: string): Promise<ReceivedCallback> =>
    eventually(() => server?.received.find((callback) => callback.path === path), { timeoutMs: 15_000 });
  /** Of one invocation, once they are all done with. */
  const deliveriesOf = (id: string): Promise<readonly Delivery[]> =>
    eventually(async () => {
      const { deliveries } = (await api(`invocations/${id}`)).json as InvocationRecord;
      return deliveries?.every(({ status }) => status !== 'pending') === true && deliveries;
    });
  /** The only invocation of a function that is a destination, with what it answered. */
  const sunk = async (name: string): Promise<string> => {
    const [invocation] = await eventually(
      async () => {
        const invocations = await invocationsOf(name);
        return invocations.length > 0 && invocations;
      },
      { timeoutMs: 15_000 },
    );
    return (await api(`invocations/${invocation?.id}/result?wait=15s`)).text;
  };

  describe('callbacks', () => {
    before(async () => {
      server = await startCallbackServer((response, _, { path }) => response.writeHead(path === '/gone' ? 410 : 204).end(), callbackPort);
    });
    after(() => server?.close());

    test('onSuccess invokes a function with the answer, onFailure another with the problem', async () => {
      const { url } = deployment();
      await deploy(url, 'callback-sink-a', echo);
      await deploy(url, 'callback-sink-b', echo);
      const destinations = { attempts: 1, onSuccess: { function: 'callback-sink-a' }, onFailure: { function: 'callback-sink-b:live' } };
      await deploy(url, 'callback-fine', constant(42), { async: destinations });
      await deploy(url, 'callback-bad', trapping, { async: destinations });
      const [fine, bad] = [await accept('callback-fine'), await accept('callback-bad')];
      assert.equal(await sunk('callback-sink-a'), '42');
      const problem = JSON.parse(await sunk('callback-sink-b')) as unknown;
      assert.partialDeepStrictEqual(problem, { code: 'GUEST_TRAPPED', invocationId: bad });
      assert.deepEqual(await deliveriesOf(fine), [{ destination: { function: 'callback-sink-a' }, status: 'delivered', attempts: 1 }]);
      assert.deepEqual(await deliveriesOf(bad), [{ destination: { function: 'callback-sink-b:live' }, status: 'delivered', attempts: 1 }]);
      assert.equal((await invocationsOf('callback-sink-a')).length, 1);
    });

    test('X-Callback-Url is told of the end with a signature that verifies', async () => {
      await deploy(deployment().url, 'callback-url', echo);
      const id = await accept('callback-url', { 'x-callback-url': `${allowed}/asked?for=it` }, 'größer ✓');
      const { method, headers, body } = await told('/asked?for=it');
      assert.equal(method, 'POST');
      assert.equal(body.toString(), 'größer ✓');
      assert.partialDeepStrictEqual(headers, {
        'content-type': 'text/plain; charset=utf-8',
        'x-bantam-invocation-id': id,
        'x-bantam-function': 'callback-url',
        'x-bantam-version': '1',
        'x-bantam-outcome': 'success',
        'x-bantam-status': '200',
        'x-call-id': id,
        'x-function-name': 'callback-url',
        'x-function-status': '200',
      });
      const { 'webhook-id': webhook, 'webhook-timestamp': seconds, 'webhook-signature': signature } = headers;
      const key = Buffer.from(callbackSecret.slice('whsec_'.length), 'base64');
      const expected = createHmac('sha256', key)
        .update(`${String(webhook)}.${String(seconds)}.`)
        .update(body)
        .digest('base64');
      assert.equal(signature, `v1,${expected}`);
      assert.deepEqual(await deliveriesOf(id), [{ destination: { url: `${allowed}/asked?for=it` }, status: 'delivered', attempts: 1 }]);
    });

    test("the function's own URL and that of the call are both told of a failure", async () => {
      const own = { attempts: 1, onFailure: { url: `${allowed}/own` }, onSuccess: { url: `${allowed}/never` } };
      await deploy(deployment().url, 'callback-both', trapping, { async: own });
      const id = await accept('callback-both', { 'x-callback-url': `${allowed}/per-call` });
      for (const path of ['/own', '/per-call']) {
        const { headers, body } = await told(path);
        assert.equal(headers['content-type'], 'application/problem+json');
        assert.equal(headers['x-bantam-outcome'], 'failure');
        assert.partialDeepStrictEqual(JSON.parse(body.toString()), { code: 'GUEST_TRAPPED', status: 500, invocationId: id });
      }
      assert.equal(
        server?.received.some(({ path }) => path === '/never'),
        false,
      );
    });

    test('a receiver that says 410 is not told again, and the record says so', async () => {
      await deploy(deployment().url, 'callback-gone', constant(1));
      const id = await accept('callback-gone', { 'x-callback-url': `${allowed}/gone` });
      await told('/gone');
      assert.deepEqual(await deliveriesOf(id), [
        { destination: { url: `${allowed}/gone` }, status: 'dead', attempts: 1, detail: 'it answered with status 410' },
      ]);
    });

    test('functions that are each their own destination come to an end', async () => {
      await deploy(deployment().url, 'callback-circle', echo, { async: { onSuccess: { function: 'callback-circle' } } });
      await accept('callback-circle', {}, 'round');
      const invocations = await eventually(
        async () => {
          const all = await invocationsOf('callback-circle');
          return all.length >= 17 && all.every(({ status }) => status === 'succeeded') && all;
        },
        { timeoutMs: 30_000 },
      );
      const [last] = await deliveriesOf(invocations[0]?.id ?? '');
      assert.partialDeepStrictEqual(last, { status: 'dead', attempts: 1 });
      assert.match(last?.detail ?? '', /16 invocations led to one another/);
      assert.equal((await invocationsOf('callback-circle')).length, 17);
    });

    test('a URL that the operator does not allow is refused with 403: in a call, in a publish, in a change', async () => {
      const { url } = deployment();
      await deploy(url, 'callback-refused', constant(1));
      for (const target of [
        `https://127.0.0.1:${callbackPort}/`,
        `http://localhost:${callbackPort}/`,
        'https://localhost/',
        'https://169.254.169.254/',
        'nonsense',
      ]) {
        const answer = await send(url, '/async/callback-refused', { method: 'POST', headers: { 'x-callback-url': target }, body: '' });
        assertProblem(answer, 'DESTINATION_NOT_ALLOWED');
      }
      const async = { onSuccess: { url: 'https://evil.example/' } };
      const detail = 'async.onSuccess: the operator does not allow callbacks to evil.example:443';
      assertProblem(await upload(url, 'callback-refused', await fromWat(constant(2)), { async }), 'DESTINATION_NOT_ALLOWED', detail);
      assertProblem(await patch(url, 'callback-refused', { async }), 'DESTINATION_NOT_ALLOWED', detail);
      assert.deepEqual(await invocationsOf('callback-refused'), []);
    });
  });
}
