/** Functions invoked by the clock: once per tick, by hand, not while paused, and not any more. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { constant } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { eventually } from '../../support/eventually.ts';
import { assertProblem, deploy } from '../../support/functions.ts';
import { type HttpAnswer, jsonType, send } from '../../support/http.ts';

/** Answers with its environment, that is its headers. */
const cgi = readFileSync(join(import.meta.dirname, '../../conformance/command-cgi/module.wat'), 'utf8');
const everySecond = { function: 'sc-constant', cron: '* * * * * *' };

interface Shown {
  readonly name: string;
  readonly paused: boolean;
  readonly nextAt?: string;
  readonly lastAt?: string;
  readonly lastInvocation?: string;
}
interface Run {
  readonly id: string;
  readonly status: string;
  readonly schedule: string;
}

export function schedulesSuite(deployment: () => Deployment): void {
  const call = (method: string, path: string, body?: object): Promise<HttpAnswer> =>
    send(deployment().url, `/api/schedules${path}`, {
      method,
      ...(body !== undefined && { headers: jsonType, body: JSON.stringify(body) }),
    });
  const show = async (name: string): Promise<Shown> => (await call('GET', `/${name}`)).json as Shown;
  const runsOf = async (name: string): Promise<readonly Run[]> => {
    const { json } = await send(deployment().url, `/api/invocations?schedule=${name}&limit=1000`);
    return (json as { readonly invocations: readonly Run[] }).invocations;
  };
  const result = async (id: string): Promise<HttpAnswer> => send(deployment().url, `/api/invocations/${id}/result?wait=30s`);

  describe('schedules', { concurrency: 4 }, () => {
    before(() => deploy(deployment().url, 'sc-constant', constant(7)));

    test('a function is invoked once per tick, and sees which', async () => {
      await deploy(deployment().url, 'sc-cgi', cgi);
      const made = await call('PUT', '/sc-secondly', { function: 'sc-cgi', cron: '* * * * * *', overlap: 'queue', body: { a: 1 } });
      assert.equal(made.status, 201, made.text);
      const runs = await eventually(
        async () => {
          const all = await runsOf('sc-secondly');
          return all.filter(({ status }) => status === 'succeeded').length >= 4 && all;
        },
        { timeoutMs: 30_000 },
      );
      await call('DELETE', '/sc-secondly');
      const ticks = await Promise.all(
        runs.map(async ({ id, schedule }) => {
          const { status, text } = await result(id);
          assert.equal(status, 200, text);
          assert.match(text, /^REQUEST_METHOD=POST$/m);
          assert.match(text, /^CONTENT_TYPE=application\/json$/m);
          assert.match(text, new RegExp(`^HTTP_X_BANTAM_SCHEDULE=${schedule}$`, 'm'));
          return /^HTTP_X_BANTAM_SCHEDULED_AT=(.*)$/m.exec(text)?.[1];
        }),
      );
      assert.ok(
        ticks.every((tick) => tick?.endsWith('.000Z')),
        ticks.join(),
      );
      assert.equal(new Set(ticks).size, runs.length, ticks.join());
    });

    test('what a schedule says is shown with its next and its last run', async () => {
      await call('PUT', '/sc-shown', everySecond);
      const shown = await eventually(
        async () => {
          const now = await show('sc-shown');
          return now.lastInvocation !== undefined && now;
        },
        { timeoutMs: 20_000 },
      );
      assert.ok((await runsOf('sc-shown')).some(({ id }) => id === shown.lastInvocation));
      assert.ok(Date.parse(shown.nextAt ?? '') > Date.parse(shown.lastAt ?? ''));
      const { json } = await call('GET', '?limit=1&after=sc-show');
      assert.partialDeepStrictEqual(json, { schedules: [{ name: 'sc-shown', cron: '* * * * * *', timeZone: 'UTC' }] });
      await call('DELETE', '/sc-shown');
    });

    test('a schedule is run by hand, also while it is paused', async () => {
      await call('PUT', '/sc-by-hand', { ...everySecond, paused: true });
      const run = await call('POST', '/sc-by-hand/run');
      assert.equal(run.status, 202, run.text);
      const { id, statusUrl } = run.json as { readonly id: string; readonly statusUrl: string };
      assert.deepEqual([(await result(id)).json, (await show('sc-by-hand')).lastInvocation], [7, id]);
      assert.partialDeepStrictEqual((await send(deployment().url, statusUrl)).json, { status: 'succeeded', schedule: 'sc-by-hand' });
      assert.deepEqual((await runsOf('sc-by-hand')).length, 1);
    });

    test('a paused schedule stands still while others go on, and goes on when it is resumed', async () => {
      await call('PUT', '/sc-paused', everySecond);
      await call('PUT', '/sc-witness', everySecond);
      const hasRun = (name: string, since?: string): Promise<Shown> =>
        eventually(
          async () => {
            const now = await show(name);
            return now.lastAt !== undefined && (since === undefined || now.lastAt > since) && now;
          },
          { timeoutMs: 20_000 },
        );
      await hasRun('sc-paused');
      assert.equal((await call('POST', '/sc-paused/pause')).status, 200);
      // The tick that was under way may come to an end.
      const since = new Date(Date.now() + 1_000).toISOString();
      await hasRun('sc-witness', since);
      const paused = await show('sc-paused');
      assert.deepEqual([paused.paused, paused.nextAt], [true, undefined]);
      await hasRun('sc-witness', new Date(Date.now() + 1_000).toISOString());
      assert.deepEqual(await show('sc-paused'), paused);
      assert.equal(((await call('POST', '/sc-paused/resume')).json as Shown).paused, false);
      await hasRun('sc-paused', paused.lastAt);
      for (const name of ['sc-paused', 'sc-witness']) assert.equal((await call('DELETE', `/${name}`)).status, 204);
    });

    test('a deleted schedule is gone, and its runs are kept', async () => {
      await call('PUT', '/sc-deleted', everySecond);
      await eventually(async () => (await runsOf('sc-deleted')).length > 0, { timeoutMs: 20_000 });
      assert.equal((await call('DELETE', '/sc-deleted')).status, 204);
      assertProblem(await call('GET', '/sc-deleted'), 'SCHEDULE_NOT_FOUND');
      assertProblem(await call('POST', '/sc-deleted/run'), 'SCHEDULE_NOT_FOUND');
      assert.ok((await runsOf('sc-deleted')).length > 0);
    });

    test('what could not be run is refused at once', async () => {
      assertProblem(await call('PUT', '/sc-refused', { ...everySecond, function: 'sc-nobody' }), 'FUNCTION_NOT_FOUND');
      assertProblem(await call('PUT', '/sc-refused', { ...everySecond, body: { n: 1 } }), 'INVALID_ARGUMENTS');
      assertProblem(await call('PUT', '/sc-refused', { ...everySecond, cron: '0 0 30 2 *' }), 'INVALID_SCHEDULE');
      assertProblem(await call('PUT', '/Sc-refused', everySecond), 'INVALID_NAME');
      assertProblem(await call('GET', '/sc-refused'), 'SCHEDULE_NOT_FOUND');
    });
  });
}
