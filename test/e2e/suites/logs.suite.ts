/** What guests write beside their answers, as a user's curl shows and follows it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GuestLogLine } from '../../../contracts/guest-log.ts';
import { logsBody, saysAndAnswers } from '../../fixtures/log-guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { eventually } from '../../support/eventually.ts';
import { assertAnswer, assertProblem, deploy, invoke } from '../../support/functions.ts';
import { type HttpAnswer, send } from '../../support/http.ts';
import { followLog, type LogClient, linesOf, readLog } from '../../support/log-stream.ts';

export function logsSuite(deployment: () => Deployment): void {
  const log = (name: string, query = ''): Promise<GuestLogLine[]> => readLog(deployment().url, name, query);
  const texts = async (name: string, query = ''): Promise<string[]> => (await log(name, query)).map(({ line }) => line);
  /** Until so many lines are there. */
  const written = (name: string, count: number): Promise<GuestLogLine[]> =>
    eventually(async () => {
      const lines = await log(name);
      return lines.length >= count && lines;
    });
  const say = async (name: string, body: string): Promise<string> => {
    const answer = await invoke(deployment().url, name, { method: 'POST', body });
    assert.equal(answer.status, 200, answer.text);
    return String(answer.headers['x-bantam-invocation-id']);
  };
  const follow = async (...[name, query, how]: [string, string?, Parameters<typeof followLog>[3]?]): Promise<LogClient> => {
    const client = await followLog(deployment().url, name, query, how);
    assert.equal(client.status, 200);
    return client;
  };

  describe('logs', () => {
    test('show each line with its invocation, version and worker, in order', async () => {
      const { url } = deployment();
      await deploy(url, 'log-shown', logsBody);
      const beganMs = Date.now();
      const first = await say('log-shown', 'one\ntwo \u{1f600}\n');
      const second = await say('log-shown', 'three');
      const lines = await written('log-shown', 3);
      assert.deepEqual(
        lines.map(({ line, invocationId, version }) => [line, invocationId, version]),
        [
          ['one', first, 1],
          ['two \u{1f600}', first, 1],
          ['three', second, 1],
        ],
      );
      const { workers } = (await send(url, '/api/workers')).json as { readonly workers: readonly { readonly id: string }[] };
      for (const { worker, at } of lines) {
        assert.ok(workers.some(({ id }) => id === worker));
        assert.ok(Date.parse(at) >= beganMs - 1_000 && Date.parse(at) <= Date.now() + 1_000, at);
      }
      const ids = lines.map(({ id }) => BigInt(id));
      assert.deepEqual(
        ids,
        ids.toSorted((a, b) => (a < b ? -1 : 1)),
      );
    });

    test('have what a call wrote that failed, and its answer still has it, too', async () => {
      const { url } = deployment();
      await deploy(url, 'log-failed', logsBody);
      const answer = await invoke(url, 'log-failed', { method: 'POST', body: '!no\nreason\n' });
      assertProblem(answer, 'GUEST_TRAPPED');
      assert.equal((answer.json as { readonly log: string }).log, '!no\nreason\n');
      const lines = await written('log-failed', 2);
      assert.deepEqual(
        lines.map(({ line }) => line),
        ['!no', 'reason'],
      );
      assert.equal(lines[0]?.invocationId, answer.headers['x-bantam-invocation-id']);
    });

    test('have standard output where that is not the answer, and lines of asynchronous attempts', async () => {
      const { url } = deployment();
      await deploy(url, 'log-output', saysAndAnswers);
      assertAnswer(await invoke(url, 'log-output'), 0);
      assert.equal((await written('log-output', 1))[0]?.line, 'said');
      await deploy(url, 'log-async', logsBody);
      const accepted = await send(url, '/async/log-async', { method: 'POST', body: 'later\n' });
      const { id } = accepted.json as { readonly id: string };
      const [line] = await written('log-async', 1);
      assert.partialDeepStrictEqual(line, { line: 'later', invocationId: id });
    });

    test('are asked for by count, by place, by time and by invocation', async () => {
      await deploy(deployment().url, 'log-asked', logsBody);
      const ids = [await say('log-asked', 'a\nb\n'), await say('log-asked', 'c\nd\n')];
      const lines = await written('log-asked', 4);
      assert.deepEqual(await texts('log-asked', '?limit=3'), ['b', 'c', 'd']);
      assert.deepEqual(await texts('log-asked', `?after=${lines[0]?.id}&limit=2`), ['b', 'c']);
      assert.deepEqual(await texts('log-asked', '?since=1h&limit=2'), ['a', 'b']);
      assert.deepEqual(await texts('log-asked', `?since=${encodeURIComponent(new Date(Date.now() + 60_000).toISOString())}`), []);
      assert.deepEqual(await texts('log-asked', `?invocation=${ids[1]}`), ['c', 'd']);
      assert.deepEqual(await texts('log-asked', `?invocation=${ids[0]}&limit=1`), ['b']);
    });

    test('are newline-delimited JSON, or server-sent events for who accepts them', async () => {
      const { url } = deployment();
      await deploy(url, 'log-formats', logsBody);
      await say('log-formats', 'a\nb\n');
      const lines = await written('log-formats', 2);
      const path = '/api/functions/log-formats/logs';
      const plain = await send(url, path);
      assert.equal(plain.headers['content-type'], 'application/x-ndjson');
      const events = await send(url, path, { headers: { accept: 'text/event-stream' } });
      assert.equal(events.headers['content-type'], 'text/event-stream');
      assert.deepEqual(linesOf(events.text, 'text/event-stream'), lines);
      const head = await send(url, path, { method: 'HEAD' });
      assert.deepEqual([head.status, head.headers['content-type']], [200, 'application/x-ndjson']);
    });

    test('are followed: what is there, and then what comes', async () => {
      await deploy(deployment().url, 'log-followed', logsBody);
      await say('log-followed', 'a\nb\nc\n');
      await written('log-followed', 3);
      const [all, last, later] = await Promise.all([
        follow('log-followed', '', { format: 'text/event-stream' }),
        follow('log-followed', '&limit=1'),
        follow('log-followed', '&since=0s'),
      ]);
      await eventually(() => all.texts.length === 3);
      const id = await say('log-followed', 'd\n');
      const only = await follow('log-followed', `&invocation=${id}`);
      await say('log-followed', 'e\n');
      await eventually(() => [all, last, later].every(({ texts: seen }) => seen.at(-1) === 'e') && only.texts.length > 0);
      assert.deepEqual(all.texts, ['a', 'b', 'c', 'd', 'e']);
      assert.deepEqual(last.texts, ['c', 'd', 'e']);
      assert.deepEqual(later.texts, ['d', 'e']);
      assert.deepEqual(only.texts, ['d']);
      for (const client of [all, last, later, only]) client.close();
    });

    test('go on where a client was that comes back, without a line too many or too few', async () => {
      await deploy(deployment().url, 'log-resumed', logsBody);
      const first = await follow('log-resumed', '', { format: 'text/event-stream' });
      await say('log-resumed', 'a\nb\n');
      await eventually(() => first.texts.length === 2);
      first.close();
      await say('log-resumed', 'c\nd\n');
      const second = await follow('log-resumed', '', { format: 'text/event-stream', lastEventId: first.lines.at(-1)?.id ?? '' });
      await say('log-resumed', 'e\n');
      await eventually(() => second.texts.at(-1) === 'e');
      assert.deepEqual([...first.texts, ...second.texts], ['a', 'b', 'c', 'd', 'e']);
      second.close();
    });

    test('say how much they leave out of a function that writes too much', async () => {
      await deploy(deployment().url, 'log-flooded', logsBody);
      await say('log-flooded', 'x\n'.repeat(30_000));
      const notice = await eventually(async () => (await log('log-flooded', '?limit=1')).find(({ dropped }) => dropped !== undefined));
      assert.match(notice.line, /dropped 20000 lines \(40000 bytes\)/);
      assert.deepEqual(notice.dropped, { lines: 20_000, bytes: 40_000 });
    });

    test('belong to a function of a namespace', async () => {
      const { url } = deployment();
      await deploy(url, 'log-spaced', logsBody);
      assert.equal((await send(url, '/api/namespaces/log-team', { method: 'PUT' })).status, 201);
      await deploy(url, 'log-spaced?namespace=log-team', logsBody);
      await say('log-spaced', 'ours\n');
      await say('log-spaced.log-team', 'theirs\n');
      await written('log-spaced', 1);
      await eventually(async () => (await texts('log-spaced', '?namespace=log-team')).length === 1);
      assert.deepEqual(await texts('log-spaced'), ['ours']);
      assert.deepEqual(await texts('log-spaced', '?namespace=log-team'), ['theirs']);
    });

    test('refuse what they do not understand', async () => {
      const { url } = deployment();
      await deploy(url, 'log-refusing', logsBody);
      const ask = (query: string, headers = {}): Promise<HttpAnswer> => send(url, `/api/functions/log-refusing/logs${query}`, { headers });
      for (const query of [
        '?since=yesterday',
        '?after=x',
        '?after=-1',
        '?limit=0',
        '?limit=1001',
        '?invocation=1',
        '?follow=maybe',
        '?what=1',
      ])
        assertProblem(await ask(query), 'INVALID_REQUEST');
      assertProblem(await ask('', { 'last-event-id': 'x' }), 'INVALID_REQUEST', /"x" is not the id of a line/);
      assertProblem(await send(url, '/api/functions/log-nobody/logs'), 'FUNCTION_NOT_FOUND');
      assertProblem(await send(url, '/api/functions/log-nobody/logs?follow=1'), 'FUNCTION_NOT_FOUND');
    });
  });
}
