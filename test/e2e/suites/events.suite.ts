/** The event stream as a user's curl or a browser has it: what it tells, in which order, and how one comes back to it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { constant } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { type EventClient, followEvents } from '../../support/event-stream.ts';
import { eventually } from '../../support/eventually.ts';
import { assertProblem, deploy } from '../../support/functions.ts';
import { jsonType, send } from '../../support/http.ts';

export function eventsSuite(deployment: () => Deployment): void {
  const follow = async (query: string, after?: string): Promise<EventClient> => {
    const client = await followEvents(deployment().url, query, after);
    assert.equal(client.status, 200);
    await eventually(() => client.lastEventId !== '');
    return client;
  };
  const release = async (name: string, version: number): Promise<void> => {
    const { status } = await send(deployment().url, `/api/functions/${name}/aliases/live`, {
      method: 'PUT',
      headers: jsonType,
      body: JSON.stringify({ version }),
    });
    assert.equal(status, 200);
  };
  const rollback = (name: string): Promise<unknown> => send(deployment().url, `/api/functions/${name}/rollback`, { method: 'POST' });
  const remove = (name: string): Promise<unknown> => send(deployment().url, `/api/functions/${name}`, { method: 'DELETE' });

  describe('events', () => {
    test('publishes, releases, rollbacks and deletions are told in order, with who did it', async () => {
      const { url } = deployment();
      const client = await follow('?function=ev-told');
      await deploy(url, 'ev-told', constant(1));
      const { digest } = await deploy(url, 'ev-told', constant(2));
      await release('ev-told', 1);
      await rollback('ev-told');
      await remove('ev-told');
      await eventually(() => client.types.at(-1) === 'function.deleted');
      const told = client.events.map(({ data }) => ({ type: data.type, data: data.data }));
      const by = '127.0.0.1';
      assert.partialDeepStrictEqual(told, [
        { type: 'function.published', data: { version: 1, by } },
        { type: 'release.set', data: { alias: 'live', reason: 'publish', to: { version: 1 } } },
        { type: 'function.published', data: { version: 2, digest, by } },
        { type: 'release.set', data: { alias: 'live', reason: 'publish', from: { version: 1 }, to: { version: 2 } } },
        { type: 'release.set', data: { alias: 'live', reason: 'set', from: { version: 2 }, to: { version: 1 }, by } },
        { type: 'release.rolled-back', data: { alias: 'live', reason: 'rollback', from: { version: 1 }, to: { version: 2 }, by } },
        { type: 'function.deleted', data: { function: 'ev-told' } },
      ]);
      assert.equal(told.length, 7);
      client.close();
    });

    test('who comes back with Last-Event-ID gets exactly what it missed', async () => {
      const { url } = deployment();
      const first = await follow('?function=ev-resumed');
      await deploy(url, 'ev-resumed', constant(1));
      await eventually(() => first.events.length === 2);
      first.close();
      await deploy(url, 'ev-resumed', constant(2));
      await rollback('ev-resumed');
      const second = await follow('?function=ev-resumed', first.lastEventId);
      await deploy(url, 'ev-resumed', constant(3));
      await eventually(() => second.events.length >= 5);
      const whole = await follow('?function=ev-resumed&after=0');
      await eventually(() => whole.events.length >= 7);
      assert.deepEqual([...first.events, ...second.events], whole.events);
      assert.deepEqual(second.types, ['function.published', 'release.set', 'release.rolled-back', 'function.published', 'release.set']);
      second.close();
      whole.close();
    });

    test('only the types that are asked for are told', async () => {
      const { url } = deployment();
      const client = await follow('?types=function.deleted,release.rolled-back&function=ev-filtered');
      for (const version of [1, 2]) await deploy(url, 'ev-filtered', constant(version));
      await rollback('ev-filtered');
      await remove('ev-filtered');
      await eventually(() => client.events.length === 2);
      assert.deepEqual(client.types, ['release.rolled-back', 'function.deleted']);
      client.close();
      assertProblem(await send(url, '/api/events?types=function.changed'), 'INVALID_REQUEST', /"function\.changed" is not one of/);
      assertProblem(await send(url, '/api/events?type=function.deleted'), 'INVALID_REQUEST');
    });

    test('a worker that has joined is listed', async () => {
      const client = await follow('?types=worker.joined&after=0');
      await eventually(() => client.events.length > 0);
      const { worker, host } = client.events[0]?.data.data ?? {};
      assert.ok(typeof host === 'string' && host !== '');
      const { json } = await send(deployment().url, '/api/workers');
      assert.ok((json as { workers: { id: string; host: string }[] }).workers.some((one) => one.id === worker && one.host === host));
      client.close();
    });
  });
}
