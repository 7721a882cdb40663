/** The part of the error catalogue that is about quotas. No I/O. */
import { row } from './error-row.ts';

export const quotaErrors = {
  RATE_EXCEEDED: row(
    429,
    'caller',
    true,
    'Too many calls in a short time',
    'Wait as Retry-After says; RateLimit-Policy says how many calls there may be. An admin can raise "ratePerSecond" and "burst".',
  ),
  QUOTA_EXCEEDED: row(
    429,
    'caller',
    true,
    'The quota is used up',
    'Use less of what the detail names, or wait until less of it is used. An admin can raise it: PUT /api/namespaces/{name}/quota, PUT /api/keys/{id}/quota.',
  ),
} as const;
