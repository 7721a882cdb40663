/** A point in time as people write it in queries. Pure. */
import { BantamError } from '../../contracts/errors.ts';
import { parseDuration } from '../async/duration.ts';

/** RFC 3339, section 5.6, with a full time. */
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i;
const maxAgoMs = 31_536_000_000;

/**
 * @param text  a time, or how long it is ago: 2026-01-31T12:00:00Z, 90s, 10m, 1h30m
 * @param nowMs epoch milliseconds
 * @returns epoch milliseconds
 * @throws BantamError INVALID_REQUEST
 */
export function parseSince(text: string, nowMs: number): number {
  if (!text.includes('-')) return nowMs - parseDuration('"since"', text, maxAgoMs);
  const ms = time.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms))
    throw new BantamError('INVALID_REQUEST', '"since" is neither a time like 2026-01-31T12:00:00Z nor how long it is ago');
  return ms;
}
