/** The part of the error catalogue that is about keys. No I/O. */
import { row } from './error-row.ts';

export const keyErrors = {
  KEY_REQUIRED: row(
    401,
    'caller',
    false,
    'This needs a key',
    'Send one as "Authorization: Bearer bk_...". Who may make keys: POST /api/keys; the operator has BANTAM_ADMIN_KEY.',
  ),
  KEY_INVALID: row(
    401,
    'caller',
    false,
    'This key is not valid',
    'Send a key that is: they expire, and can be revoked. An admin makes new ones.',
  ),
  KEY_NOT_ALLOWED: row(
    403,
    'caller',
    false,
    'This key is not for that',
    'Use a key with the role, the namespace and the function that the detail names; an admin makes one with POST /api/keys.',
  ),
  KEY_NOT_FOUND: row(404, 'caller', false, 'There is no such key', 'List them with GET /api/keys.'),
  ADMIN_KEY_NEEDED: row(
    409,
    'caller',
    false,
    'Nobody could manage keys any more',
    'Make a key with role "admin" first, for all namespaces and without an end, or let the operator set BANTAM_ADMIN_KEY.',
  ),
} as const;
