/** What a weighted release becomes when its guard takes the newest version out. Pure. */
import type { ReleaseState } from '../contracts/release.ts';

/**
 * It keeps its weights, so that the next publish does not go live at once.
 * @returns undefined when there is no other version
 */
export function withoutNewest({ shares: [, ...others], sticky, guard }: ReleaseState): ReleaseState | undefined {
  const [first] = others;
  if (first === undefined) return undefined;
  // Where none of the others had any calls: something must have them.
  const shares = others.every(({ weight }) => weight === 0) ? [{ version: first.version, weight: 1 }] : others;
  const several = shares.length > 1;
  return { shares, weighted: true, sticky: several ? sticky : undefined, guard: several ? guard : undefined };
}
