/** What a weighted release becomes when its guard takes the newest version out. Pure. */
import { plainState, type ReleaseState } from '../contracts/release.ts';

/** @returns the state without its newest version; undefined when there is no other */
export function withoutNewest({ shares: [, ...others], sticky, guard }: ReleaseState): ReleaseState | undefined {
  const [first, second] = others;
  if (first === undefined) return undefined;
  // Also where none of the others had any calls: something must have them.
  if (second === undefined || others.every(({ weight }) => weight === 0)) return plainState(first.version);
  return { shares: others, sticky, guard };
}
