/** RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-11) of token buckets. Pure. */
import type { QuotaSubject } from '../../contracts/quota.ts';
import type { Bucket, Take } from '../../queue/quotas/port.ts';

/** One bucket of a caller, with what was taken of it. */
export interface Taken {
  readonly kind: QuotaSubject['kind'];
  readonly bucket: Bucket;
  readonly take: Take;
}

/** @returns RateLimit-Policy: the calls that there may be in the time in which an empty bucket is full, in seconds, and at least in one */
export function policyText(taken: readonly Taken[]): string {
  return taken.map(({ kind, bucket }) => `"${kind}";q=${quotaOf(bucket)};w=${windowOf(bucket)}`).join(', ');
}

/**
 * @returns RateLimit: what is left. Where nothing is, `t` is when there is something; else it is the whole window, for those who divide by it
 *   (section 8.5). When a call was refused, of the empty buckets only: Retry-After must not be before any `t` (section 6)
 */
export function limitText(taken: readonly Taken[]): string {
  const empty = taken.filter(({ take }) => take.waitMs > 0);
  return (empty.length > 0 ? empty : taken)
    .map(({ kind, bucket, take }) => `"${kind}";r=${take.left};t=${take.waitMs > 0 ? Math.ceil(take.waitMs / 1_000) : windowOf(bucket)}`)
    .join(', ');
}

function quotaOf({ burst, ratePerSecond }: Bucket): number {
  return Math.max(burst, Math.floor(ratePerSecond));
}

function windowOf({ burst, ratePerSecond }: Bucket): number {
  return Math.max(1, Math.ceil(burst / ratePerSecond));
}
