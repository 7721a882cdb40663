/** The part of the error catalogue that is about asynchronous invocations and schedules. No I/O. */
import { row } from './error-row.ts';

export const asyncErrors = {
  INVOCATION_NOT_FOUND: row(
    404,
    'caller',
    false,
    'There is no such invocation',
    'List them with GET /api/invocations; finished ones are deleted by age and size: docs/async.md.',
  ),
  INVOCATION_NOT_FINISHED: row(
    409,
    'caller',
    true,
    'The invocation has no result yet',
    'Ask again, or wait for it: GET /api/invocations/{id}/result?wait=30s.',
  ),
  INVOCATION_FINISHED: row(409, 'caller', false, 'The invocation is finished', 'Only queued and running invocations can be cancelled.'),
  INVOCATION_CANCELLED: row(410, 'caller', false, 'The invocation was cancelled', 'Send it again if it should run after all.'),
  INVOCATION_EXPIRED: row(
    504,
    'platform',
    false,
    'The invocation grew too old before it could be finished',
    'Redrive it with POST /api/dead-letters/{id}/redrive, or raise "maxAgeMs"; the operator can add workers.',
  ),
  INVOCATION_NOT_DEAD: row(409, 'caller', false, 'The invocation is no dead letter', 'GET /api/dead-letters lists those that are.'),
  IDEMPOTENCY_KEY_REUSED: row(
    422,
    'caller',
    false,
    'The idempotency key belongs to another request',
    'Use a new key for a new request; the same key is for sending the same request again.',
  ),
  DESTINATION_NOT_ALLOWED: row(
    403,
    'caller',
    false,
    'This URL may not be called',
    'Use https and a host that the operator lists in BANTAM_CALLBACK_HOSTS.',
  ),
  ASYNC_BACKLOG_FULL: row(
    503,
    'platform',
    true,
    'Too many asynchronous invocations are waiting',
    'Wait as Retry-After says; the operator can add workers or raise BANTAM_MAX_ASYNC_BACKLOG.',
  ),
  SCHEDULE_NOT_FOUND: row(404, 'caller', false, 'There is no such schedule', 'List them with GET /api/schedules.'),
  INVALID_SCHEDULE: row(
    400,
    'caller',
    false,
    'This is not a schedule',
    'Send {"function": "fib", "cron": "*/5 * * * *"} or {"function": "fib", "everyMs": 60000}: docs/schedules.md.',
  ),
  TOO_MANY_EVENT_STREAMS: row(
    503,
    'platform',
    true,
    'This gateway serves as many event streams as it may',
    'Close one, or repeat the request; another gateway may take it.',
  ),
} as const;
