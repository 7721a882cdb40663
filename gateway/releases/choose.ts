/** Which version of a release a call gets, and who is recognised by what. Pure: chance comes from outside. */
import type { Share, Sticky } from '../../contracts/release.ts';

/**
 * Newest version first: as its weight grows, callers whose point stays the same only ever move towards it.
 * @param shares at least one, and a weight that is not 0
 * @param point from 0 to below 1
 */
export function choose<V>(shares: readonly Share<V>[], point: number): V {
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  let end = 0;
  let chosen: V | undefined;
  for (const { version, weight } of shares) {
    if (weight === 0) continue;
    chosen = version;
    end += weight;
    // Not by division: a point is on the same side of the same bound at every gateway.
    if (point * total < end) break;
  }
  if (chosen === undefined) throw new RangeError('a release has no version with a weight');
  return chosen;
}

/** What is looked at of a request. */
export interface CallerTraits {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The address that the connection comes from. */
  readonly ip: string;
}

/** @returns what a caller is recognised by; undefined when the request has nothing of the kind */
export function stickyKey(sticky: Sticky, { headers, ip }: CallerTraits): string | undefined {
  if (sticky.by === 'address') return ip;
  if (sticky.by === 'cookie') return cookie(headers['cookie'], sticky.name);
  const name = sticky.name.toLowerCase();
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return typeof value === 'string' ? value : value?.join(',');
}

/**
 * The same for the same text at every gateway and in every version of this code (FNV-1a with the finalizer of MurmurHash3, 32 bits).
 * @returns from 0 to below 1
 */
export function pointOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** RFC 6265 section 4.2.1; the first of equal names. */
function cookie(header: string | readonly string[] | undefined, name: string): string | undefined {
  for (const pair of typeof header === 'string' ? header.split(';') : []) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}
