/** The version that one call gets of a route. */
import type { FunctionVersion } from '../../contracts/function.ts';
import type { Route } from '../../registry/port.ts';
import { type CallerTraits, choose, pointOf, stickyKey } from './choose.ts';

/**
 * @param random from 0 to below 1, asked for callers that are not to be recognised or cannot be
 * @throws RangeError for a route without versions; the registry makes none
 */
export function pickVersion(route: Route, caller: CallerTraits, random: () => number): FunctionVersion {
  const [newest, ...others] = route.shares;
  if (newest !== undefined && others.length === 0) return newest.version;
  const key = route.sticky === undefined ? undefined : stickyKey(route.sticky, caller);
  if (key === undefined || newest === undefined) return choose(route.shares, random());
  // Of the newest version, and not of the release: more weight for it keeps those who had it; the next one gets others first.
  const { name, version } = newest.version;
  return choose(route.shares, pointOf(`${name}:${route.alias}:${version}:${key}`));
}
