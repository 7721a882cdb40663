/** Calls past the rate that their namespace or their key has are refused, before their bodies are read. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { BantamError } from '../../contracts/errors.ts';
import { namespaceOf } from '../../contracts/names.ts';
import type { RateLimiter } from '../../queue/quotas/port.ts';
import type { QuotaBook } from '../quotas/book.ts';
import { inWords, type QuotaHolder } from '../quotas/holder.ts';
import { limitText, policyText, type Taken } from '../quotas/rate-headers.ts';
import { prepend } from './route-hooks.ts';

export interface QuotaOptions {
  readonly book: Pick<QuotaBook, 'isEmpty' | 'know' | 'holders'>;
  readonly rates: RateLimiter;
}

/** To be registered before the auth plugin, whose hook then comes first: who it is must be known. */
async function quotas(app: FastifyInstance, { book, rates }: QuotaOptions): Promise<void> {
  const take = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    await book.know();
    const { reference } = request.params as { readonly reference: string };
    const [name = ''] = reference.split(/[@:]/, 1);
    const holders = book.holders(namespaceOf(name), request.principal.key);
    if (holders !== undefined) await takeAll(holders, rates, reply);
  };

  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/fn/') && !route.url.startsWith('/async/')) return;
    prepend(route, (request, reply, done) => {
      if (!book.isEmpty) return take(request, reply);
      done();
      return undefined;
    });
  });
}

/** @throws BantamError RATE_EXCEEDED */
async function takeAll(holders: readonly QuotaHolder[], rates: RateLimiter, reply: FastifyReply): Promise<void> {
  const limited = holders.flatMap(({ subject, bucket }) => (bucket === undefined ? [] : { subject, kind: subject.kind, bucket }));
  if (limited.length === 0) return;
  const takes = await rates.take(limited.map(({ bucket }) => bucket));
  const taken = limited.flatMap((one, i): (Taken & typeof one)[] => {
    const { [i]: take } = takes;
    return take === undefined ? [] : [{ ...one, take }];
  });
  reply.header('ratelimit-policy', policyText(taken)).header('ratelimit', limitText(taken));
  const slowest = taken.toSorted((a, b) => b.take.waitMs - a.take.waitMs)[0];
  if (slowest === undefined || slowest.take.waitMs === 0) return;
  const { subject, bucket, take } = slowest;
  const detail = `${inWords(subject)} may make ${bucket.ratePerSecond} calls per second, and ${bucket.burst} at once`;
  throw new BantamError('RATE_EXCEEDED', detail, { retryAfterMs: take.waitMs });
}

export default fp(quotas, { name: 'quotas' });
