/** The part of the error catalogue that is about aliases and releases. No I/O. */
import { row } from './error-row.ts';

export const releaseErrors = {
  INVALID_RELEASE: row(
    400,
    'caller',
    false,
    'An alias cannot point to this',
    'Send {"version": 3}, or {"weights": {"3": 95, "4": 5}} with "sticky" and "guard" where wanted: docs/releases.md.',
  ),
  ALIAS_NOT_FOUND: row(404, 'caller', false, 'The function has no such alias', 'List its aliases with GET /api/functions/{name}/aliases.'),
  ALIAS_RESERVED: row(
    409,
    'caller',
    false,
    'This alias is always there',
    'The newest version moves "latest", nothing else does; "live" is moved with PUT and goes with its function.',
  ),
  TOO_MANY_ALIASES: row(
    409,
    'caller',
    false,
    'The function has as many aliases as it may',
    'Delete one with DELETE /api/functions/{name}/aliases/{alias}.',
  ),
  VERSION_IN_USE: row(
    409,
    'caller',
    false,
    'This version is in use',
    'Point the listed aliases to another version first ("latest" is always the newest), and wait for its invocations, or cancel them.',
  ),
  NOTHING_TO_ROLL_BACK: row(
    409,
    'caller',
    false,
    'There is no release to go back to',
    'Name the version with PUT /api/functions/{name}/aliases/live; GET /api/functions/{name}/releases shows what was.',
  ),
} as const;
