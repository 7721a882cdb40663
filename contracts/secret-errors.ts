/** The part of the error catalogue that is about secrets. No I/O. */
import { row } from './error-row.ts';

export const secretErrors = {
  SECRETS_DISABLED: row(
    503,
    'platform',
    false,
    'Secrets cannot be stored here',
    'Let the operator set BANTAM_SECRET_KEY, the same for gateways and workers: openssl rand -base64 32.',
  ),
  INVALID_SECRET: row(
    400,
    'caller',
    false,
    'The value cannot be an environment variable',
    'Send 1 to 65,536 bytes of UTF-8 text without U+0000 as the body.',
  ),
  SECRET_NOT_FOUND: row(
    404,
    'caller',
    false,
    'There is no such secret',
    'Store it with PUT /api/secrets/{name}; GET /api/secrets lists them.',
  ),
  SECRET_IN_USE: row(
    409,
    'caller',
    false,
    'Functions are given this secret',
    'Publish the listed functions without it first, or delete it all the same with ?force=true: their calls then fail.',
  ),
  SECRET_MISSING: row(
    500,
    'guest',
    false,
    'A secret that the function is given is not there',
    'Store it again with PUT /api/secrets/{name}, set it in the environment where the function was exported to, or publish the function without it.',
  ),
  SECRET_UNREADABLE: row(
    500,
    'platform',
    false,
    'A secret cannot be decrypted',
    'Give every gateway and worker the key it was stored with, in BANTAM_SECRET_KEY, or store the secret again: docs/secrets.md.',
  ),
} as const;
