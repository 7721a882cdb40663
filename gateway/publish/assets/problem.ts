/** What is said of assets that cannot be taken. */
import { BantamError } from '../../../contracts/errors.ts';

/** @param entry the path as it is in the archive */
export function invalidEntry(entry: string, why: string): BantamError {
  return new BantamError('ASSETS_INVALID', `the entry ${JSON.stringify(entry)} ${why}`, { entry });
}

export function invalidAssets(detail: string): BantamError {
  return new BantamError('ASSETS_INVALID', detail);
}

/** @param what like "the files have" */
export function tooMany(what: string, most: number, unit: string): BantamError {
  return new BantamError('ASSETS_TOO_LARGE', `${what} more than ${most} ${unit}`, { most });
}
