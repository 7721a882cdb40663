/** The hook that counts calls against rates: whom it asks about, and when. */
import assert from 'node:assert/strict';
import Fastify, { type FastifyInstance } from 'fastify';
import { test, type TestContext } from 'node:test';
import { BantamError } from '../../../contracts/errors.ts';
import type { Quota, QuotaSubject } from '../../../contracts/quota.ts';
import problems from '../../../gateway/plugins/problems.ts';
import quotas from '../../../gateway/plugins/quotas.ts';
import { QuotaBook } from '../../../gateway/quotas/book.ts';
import { LocalRateLimiter } from '../../../queue/quotas/local.ts';
import type { Bucket, RateLimiter, Take } from '../../../queue/quotas/port.ts';
import { registerOpenAuth } from '../../support/open-auth.ts';

/** Notes which buckets it was asked for. */
class NotedLimiter implements RateLimiter {
  readonly asked: string[][] = [];
  readonly #limiter = new LocalRateLimiter(() => 0);

  take(buckets: readonly Bucket[]): Promise<readonly Take[]> {
    this.asked.push(buckets.map(({ key }) => key));
    return this.#limiter.take(buckets);
  }

  close(): void {}
}

async function setUp(
  t: TestContext,
  all: () => Promise<readonly (readonly [QuotaSubject, Quota])[]>,
): Promise<{ readonly app: FastifyInstance; readonly rates: NotedLimiter }> {
  const book = new QuotaBook({ store: { all, countQueued: async () => 0 }, onFault: () => {} });
  const rates = new NotedLimiter();
  const app = Fastify({ bodyLimit: 10 });
  await app.register(problems);
  await app.register(quotas, { book, rates });
  await registerOpenAuth(app);
  for (const url of ['/fn/:reference', '/fn/:reference/*', '/async/:reference', '/api/:reference'])
    app.post(url, { config: { access: 'invoke' } }, () => 'called');
  t.after(async () => {
    await app.close();
    await book.close();
  });
  return { app, rates };
}

const team: QuotaSubject = { kind: 'namespace', id: 'team' };
const post = async (app: FastifyInstance, url: string, payload = ''): Promise<{ status: number; headers: object; json: () => unknown }> => {
  const { statusCode, headers, json } = await app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'text/plain' } });
  return { status: statusCode, headers, json };
};

test('nothing is asked, and nothing said, of who has no rate', async (t) => {
  const { app, rates } = await setUp(t, async () => [
    [team, { ratePerSecond: 1 }],
    [{ kind: 'namespace', id: 'other' }, { concurrency: 1 }],
  ]);
  for (const url of ['/fn/fib', '/fn/fib.other', '/fn/team', '/fn/fib@1', '/async/fib.teams', '/api/fib.team']) {
    const { status, headers } = await post(app, url);
    assert.equal(status, 200);
    assert.equal('ratelimit' in headers, false, url);
  }
  assert.deepEqual(rates.asked, []);
});

test('a function is of its namespace however it is called', async (t) => {
  const { app, rates } = await setUp(t, async () => [
    [team, { ratePerSecond: 9 }],
    [{ kind: 'namespace', id: 'default' }, { ratePerSecond: 9 }],
  ]);
  const urls = [
    '/fn/fib.team',
    '/fn/fib.team@3',
    '/fn/fib.team:canary/run',
    '/fn/fib%2Eteam',
    '/async/fib.team',
    '/fn/fib',
    '/fn/fib.default',
  ];
  for (const url of urls) assert.equal((await post(app, url)).status, 200);
  assert.deepEqual(
    rates.asked.flat(),
    urls.map((_, i) => (i < 5 ? 'namespace:team' : 'namespace:default')),
  );
});

test('a call past the rate is refused before its body is read', async (t) => {
  const { app } = await setUp(t, async () => [[team, { ratePerSecond: 0.1 }]]);
  const large = 'x'.repeat(11);
  assert.partialDeepStrictEqual(await post(app, '/fn/fib.team', large), { status: 413, headers: { ratelimit: '"namespace";r=0;t=10' } });
  const refused = await post(app, '/fn/fib.team', large);
  assert.partialDeepStrictEqual(refused, { status: 429, headers: { 'retry-after': '10', ratelimit: '"namespace";r=0;t=10' } });
  assert.partialDeepStrictEqual(refused.json(), { code: 'RATE_EXCEEDED' });
});

test('while it cannot be known who has a quota, nobody is let past it', async (t) => {
  const { app } = await setUp(t, () => Promise.reject(new BantamError('REGISTRY_UNAVAILABLE', 'away')));
  assert.equal((await post(app, '/fn/fib')).status, 503);
});
