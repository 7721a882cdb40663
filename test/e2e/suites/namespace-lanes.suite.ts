/** Namespaces in what happens by and by: asynchronous invocations, schedules, events. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { constant } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { type EventClient, followEvents } from '../../support/event-stream.ts';
import { eventually } from '../../support/eventually.ts';
import { assertAnswer, deploy } from '../../support/functions.ts';
import { type HttpAnswer, jsonType, send } from '../../support/http.ts';

interface Run {
  readonly id: string;
  readonly function: string;
  readonly namespace: string;
  readonly schedule?: string;
}

/** Takes whatever it is sent. */
const cgi = readFileSync(join(import.meta.dirname, '../../conformance/command-cgi/module.wat'), 'utf8');
const traps = '(module (func (export "run") unreachable))';

export function namespaceLanesSuite(deployment: () => Deployment): void {
  const call = (method: string, path: string, body?: object): Promise<HttpAnswer> =>
    send(deployment().url, path, { method, ...(body !== undefined && { headers: jsonType, body: JSON.stringify(body) }) });
  const get = async <T>(path: string): Promise<T> => {
    const { status, json, text } = await call('GET', path);
    assert.equal(status, 200, text);
    return json as T;
  };
  const accept = async (reference: string): Promise<string> => {
    const answer = await call('POST', `/async/${reference}`);
    assert.equal(answer.status, 202, answer.text);
    return (answer.json as { readonly id: string }).id;
  };

  describe('namespaces by and by', () => {
    before(async () => {
      for (const name of ['nl-a', 'nl-b']) assert.equal((await call('PUT', `/api/namespaces/${name}`)).status, 201);
    });

    test('asynchronous invocations, their destinations and dead letters stay in their namespace', async () => {
      const { url } = deployment();
      await deploy(url, 'nl-told?namespace=nl-a', cgi);
      await deploy(url, 'nl-told', cgi);
      const config = { async: { attempts: 1, onSuccess: { function: 'nl-told' }, onFailure: { function: 'nl-told.default' } } };
      await deploy(url, 'nl-async?namespace=nl-a', constant(5), config);
      await deploy(url, 'nl-dead?namespace=nl-a', traps, config);
      const id = await accept('nl-async.nl-a');
      const record = await get<Run>(`/api/invocations/${id}?wait=30s`);
      assert.partialDeepStrictEqual(record, { function: 'nl-async', namespace: 'nl-a', status: 'succeeded' });
      const runsOf = async (query: string): Promise<readonly Run[]> =>
        (await get<{ invocations: readonly Run[] }>(`/api/invocations?limit=1000${query}`)).invocations;
      const [told] = await eventually(async () => {
        const runs = await runsOf('&namespace=nl-a&function=nl-told');
        return runs.length > 0 && runs;
      });
      assert.equal(told?.namespace, 'nl-a');
      assert.deepEqual(await runsOf('&function=nl-async'), []);
      assert.ok((await runsOf('')).every(({ namespace }) => namespace === 'default'));
      assert.ok((await runsOf('&namespace=*')).some((run) => run.id === id));
      const dead = await accept('nl-dead.nl-a');
      await get(`/api/invocations/${dead}?wait=30s`);
      await eventually(async () => (await runsOf('&function=nl-told')).length > 0);
      const letters = async (query: string): Promise<string[]> =>
        (await get<{ invocations: readonly Run[] }>(`/api/dead-letters?limit=1000${query}`)).invocations.map((letter) => letter.id);
      assert.deepEqual(await letters('&namespace=nl-a'), [dead]);
      assert.ok(!(await letters('')).includes(dead));
      assertAnswer(await call('DELETE', '/api/dead-letters?function=nl-dead'), { purged: 0 });
      assertAnswer(await call('POST', '/api/dead-letters/redrive?namespace=nl-b', {}), { redriven: 0 });
      assertAnswer(await call('DELETE', '/api/dead-letters?namespace=nl-a'), { purged: 1 });
    });

    test('schedules of the same name invoke functions of their own namespaces, or another one that is said', async () => {
      const { url } = deployment();
      await deploy(url, 'nl-ticking', constant(1));
      for (const namespace of ['nl-a', 'nl-b']) await deploy(url, `nl-ticking?namespace=${namespace}`, constant(2));
      const runs = async (query: string, function_: string): Promise<Run> => {
        const made = await call('PUT', `/api/schedules/nl-clock${query}`, { function: function_, everyMs: 86_400_000 });
        assert.equal(made.status, 201, made.text);
        const run = await call('POST', `/api/schedules/nl-clock/run${query}`);
        return get<Run>(`/api/invocations/${(run.json as Run).id}?wait=30s`);
      };
      const shape = { function: 'nl-ticking', status: 'succeeded' };
      assert.partialDeepStrictEqual(await runs('', 'nl-ticking'), { ...shape, namespace: 'default', schedule: 'nl-clock' });
      assert.partialDeepStrictEqual(await runs('?namespace=nl-a', 'nl-ticking@1'), { ...shape, namespace: 'nl-a', schedule: 'nl-clock' });
      assert.partialDeepStrictEqual(await runs('?namespace=nl-b', 'nl-ticking.nl-a'), {
        ...shape,
        namespace: 'nl-a',
        schedule: 'nl-clock.nl-b',
      });
      const { schedules } = await get<{ schedules: readonly (Run & { readonly name: string })[] }>('/api/schedules?namespace=nl-b');
      assert.deepEqual(
        schedules.map(({ name, namespace, function: reference }) => [name, namespace, reference]),
        [['nl-clock', 'nl-b', 'nl-ticking.nl-a']],
      );
      const bySchedule = async (query: string): Promise<number> =>
        (await get<{ invocations: unknown[] }>(`/api/invocations?${query}`)).invocations.length;
      assert.equal(await bySchedule('namespace=nl-a&schedule=nl-clock'), 1);
      assert.equal(await bySchedule('namespace=nl-a&schedule=nl-clock.nl-b'), 1);
      assert.equal((await call('DELETE', '/api/schedules/nl-clock?namespace=nl-a')).status, 204);
      assert.equal((await call('GET', '/api/schedules/nl-clock?namespace=nl-b')).status, 200);
      for (const query of ['', '?namespace=nl-b']) await call('DELETE', `/api/schedules/nl-clock${query}`);
    });

    test('events are told by namespace', async () => {
      const { url } = deployment();
      const streams = await Promise.all(['', '?namespace=nl-b', '?namespace=*'].map((query) => followEvents(url, query)));
      after(() => streams.forEach((stream) => stream.close()));
      await deploy(url, 'nl-event?namespace=nl-b', constant(1));
      await deploy(url, 'nl-event', constant(1));
      const seen = async (stream: EventClient | undefined): Promise<string[]> => {
        const published = (): { function: string; namespace: string }[] =>
          (stream?.events ?? [])
            .filter(({ event }) => event === 'function.published')
            .map(({ data }) => data.data as unknown as { function: string; namespace: string })
            .filter(({ function: name }) => name === 'nl-event');
        await eventually(() => published().length > 0);
        return published().map(({ namespace }) => namespace);
      };
      const [plain, inB, all] = streams;
      await eventually(async () => (await seen(all)).length === 2);
      assert.deepEqual(await seen(all), ['nl-b', 'default']);
      assert.deepEqual(await seen(plain), ['default']);
      assert.deepEqual(await seen(inB), ['nl-b']);
    });
  });
}
