/** Whether bytes can be the value of a secret: guests find it in their environment, as text that ends at U+0000. Pure. */
import { isUtf8 } from 'node:buffer';
import { BantamError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';

/**
 * @param body undefined when there was none
 * @returns the text, as it is
 * @throws BantamError INVALID_SECRET, which says nothing of the value
 */
export function parseSecretValue(body: Uint8Array | undefined): string {
  if (body === undefined || body.length === 0) throw invalid('the body is empty');
  if (body.includes(0)) throw invalid('the body has a byte 0');
  if (!isUtf8(body)) throw invalid('the body is not UTF-8');
  return Buffer.from(body.buffer, body.byteOffset, body.length).toString();
}

/** What to say of a body that was not read to its end. */
export function tooLong(): BantamError {
  return invalid(`the body has more than ${limits.maxSecretBytes} bytes`);
}

function invalid(detail: string): BantamError {
  return new BantamError('INVALID_SECRET', detail);
}
