/** The part of the error catalogue that is about namespaces. No I/O. */
import { row } from './error-row.ts';

export const namespaceErrors = {
  NAMESPACE_NOT_FOUND: row(
    404,
    'caller',
    false,
    'There is no such namespace',
    'Make it with PUT /api/namespaces/{name}, or use one of those that GET /api/namespaces lists.',
  ),
  NAMESPACE_NOT_EMPTY: row(
    409,
    'caller',
    false,
    'The namespace is not empty',
    'Delete what the detail names, with ?namespace={name}, and then the namespace: docs/namespaces.md.',
  ),
  NAMESPACE_RESERVED: row(409, 'caller', false, 'This namespace is always there', 'Delete what is in it; the namespace itself stays.'),
} as const;
