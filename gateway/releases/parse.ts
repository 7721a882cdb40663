/** Checks what an alias is to point to, and says in words what is wrong with it. */
import { Compile } from 'typebox/compile';
import { BantamError } from '../../contracts/errors.ts';
import { AliasChange, plainState, type ReleaseState, type Share } from '../../contracts/release.ts';

const validator = Compile(AliasChange);

/** @throws BantamError INVALID_RELEASE */
export function parseAliasChange(value: unknown): ReleaseState {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('the body is not a JSON object');
  const unknown = Object.keys(value).find((member) => !Object.hasOwn(AliasChange.properties, member));
  if (unknown !== undefined)
    throw invalid(`${JSON.stringify(unknown.slice(0, 80))} is none of ${Object.keys(AliasChange.properties).join(', ')}`);
  if (!validator.Check(value)) {
    const [first] = validator.Errors(value);
    throw invalid(
      first === undefined ? 'it has members of a wrong type' : `${first.instancePath.slice(1).replaceAll('/', '.')}: ${first.message}`,
    );
  }
  const { version, weights, sticky, guard } = value;
  if ((version === undefined) === (weights === undefined)) throw invalid('it has to have either "version" or "weights"');
  const shares = sharesOf(weights ?? {});
  const [first, second] = shares;
  if (version !== undefined || (first !== undefined && second === undefined)) {
    if (first?.weight === 0) throw invalid('weights: a version must have a weight above 0');
    if (sticky !== undefined) throw invalid('sticky: all calls get the same version');
    if (guard !== undefined)
      throw invalid('guard: there is no other version to go back to; name both in "weights", the old one with 0 where it has no calls');
    return version === undefined ? { shares, weighted: true, sticky, guard } : plainState(version);
  }
  if (shares.every(({ weight }) => weight === 0)) throw invalid('weights: a version must have a weight above 0');
  return { shares, weighted: true, sticky, guard };
}

/** Newest first. */
function sharesOf(weights: Readonly<Record<string, number>>): Share[] {
  return Object.entries(weights)
    .map(([version, weight]) => ({ version: Number(version), weight }))
    .toSorted((a, b) => b.version - a.version);
}

function invalid(detail: string): BantamError {
  return new BantamError('INVALID_RELEASE', detail);
}
