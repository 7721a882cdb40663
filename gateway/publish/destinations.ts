/** Whether the destinations of a configuration can be told of anything. Pure. */
import { BantamError } from '../../contracts/errors.ts';
import type { FunctionConfig } from '../../contracts/function.ts';
import { parseFunctionReference } from '../../contracts/names.ts';

/**
 * A function need not be there yet: it may be published later, and each may be the other's destination.
 * @param allowCallback why a URL may not be called; undefined when it may
 * @throws BantamError DESTINATION_NOT_ALLOWED, INVALID_CONFIG naming the member
 */
export function refuseDestinations({ async }: FunctionConfig, allowCallback: (url: string) => BantamError | undefined): void {
  for (const member of ['onSuccess', 'onFailure'] as const) {
    const destination = async?.[member];
    if (destination === undefined) continue;
    if ('url' in destination) {
      const refusal = allowCallback(destination.url);
      if (refusal !== undefined) throw new BantamError('DESTINATION_NOT_ALLOWED', `async.${member}: ${refusal.message}`);
    } else {
      refuseMisnamed(member, destination.function);
    }
  }
}

function refuseMisnamed(member: string, reference: string): void {
  try {
    parseFunctionReference(reference);
  } catch (error) {
    if (!(error instanceof BantamError)) throw error;
    throw new BantamError('INVALID_CONFIG', `async.${member}.function: ${error.message}`);
  }
}
