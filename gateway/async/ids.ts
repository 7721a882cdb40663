/** Ids of asynchronous invocations in URLs. Pure. */
import { BantamError } from '../../contracts/errors.ts';
import { isUuid } from '../../shared/uuid.ts';

/** @returns it as the registry writes it. @throws BantamError INVOCATION_NOT_FOUND for what is no id */
export function parseInvocationId(text: string): string {
  if (!isUuid(text)) throw noInvocation(text);
  return text.toLowerCase();
}

export function noInvocation(id: string): BantamError {
  return new BantamError('INVOCATION_NOT_FOUND', `there is no invocation ${JSON.stringify(id.slice(0, 80))}`);
}
