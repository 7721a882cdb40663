/** Durations as people write them in headers and queries. Pure. */
import { BantamError } from '../../contracts/errors.ts';

/** 1h30m, 5m, 30s, 500ms: from the largest unit to the smallest, each at most once. */
const withUnits = /^(?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const seconds = /^\d+$/;

/**
 * @param name   of what it is given with, for the message
 * @param text   plain digits are seconds
 * @returns milliseconds
 * @throws BantamError INVALID_REQUEST for what is no duration, or longer than `maxMs`
 */
export function parseDuration(name: string, text: string, maxMs: number): number {
  const ms = millisecondsOf(text);
  if (ms === undefined) throw new BantamError('INVALID_REQUEST', `${name} is no duration: use 30s, 500ms, 5m, 1h30m, or seconds`);
  if (ms > maxMs) throw new BantamError('INVALID_REQUEST', `${name} is longer than ${maxMs / 1_000} seconds`);
  return ms;
}

function millisecondsOf(text: string): number | undefined {
  if (seconds.test(text)) return Number(text) * 1_000;
  const found = withUnits.exec(text);
  if (found === null) return undefined;
  const [h, m, s, ms] = found.slice(1).map((digits) => Number(digits ?? 0));
  return (((h ?? 0) * 60 + (m ?? 0)) * 60 + (s ?? 0)) * 1_000 + (ms ?? 0);
}
