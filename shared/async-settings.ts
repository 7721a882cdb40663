/** The settings of the asynchronous lane, as settings.ts has the others. Data only. */
import { Type } from 'typebox';

export const asyncBacklog = {
  BANTAM_MAX_ASYNC_BACKLOG: Type.Integer({
    unit: 'count',
    minimum: 1,
    maximum: 1_000_000_000,
    default: 1_000_000,
    description: 'Asynchronous invocations that may wait, past which more get 503 ASYNC_BACKLOG_FULL.',
  }),
};

const days = { unit: 'ms', minimum: 1_000, maximum: 31_536_000_000 };

export const asyncRetention = {
  BANTAM_KEEP_RESULTS_MS: Type.Integer({
    ...days,
    default: 86_400_000,
    description: 'Age of finished invocations, and of their results, past which they are deleted.',
  }),
  BANTAM_KEEP_RESULTS_BYTES: Type.Integer({
    unit: 'bytes',
    minimum: 0,
    maximum: 1_099_511_627_776,
    default: 1_073_741_824,
    description:
      'Payloads and results kept of finished invocations, each counted with 1,024 bytes more, past which the oldest are deleted. Dead letters do not count.',
  }),
  BANTAM_KEEP_DEAD_LETTERS_MS: Type.Integer({
    ...days,
    default: 1_209_600_000,
    description: 'Age of dead letters past which they are deleted.',
  }),
  BANTAM_KEEP_EVENTS_MS: Type.Integer({
    ...days,
    default: 86_400_000,
    description: 'Age of events past which they are deleted: how far back GET /api/events can go on.',
  }),
};

export const callbacks = {
  BANTAM_CALLBACK_HOSTS: Type.String({
    default: '',
    description:
      'Hosts that callbacks may go to, separated by commas: hooks.example.com, *.example.com, with :port where it is not 443. Empty: none.',
  }),
  BANTAM_CALLBACK_SECRET: Type.Optional(
    Type.String({
      pattern: '^whsec_[A-Za-z0-9+/]{32,}={0,2}$',
      expected: 'whsec_ followed by at least 24 bytes in base64',
      secret: true,
      description: 'Key that callbacks are signed with (Standard Webhooks). Needed for callbacks.',
    }),
  ),
  BANTAM_CALLBACK_PRIVATE: Type.Boolean({
    default: false,
    description: 'Whether allowed hosts may have private, loopback or link-local addresses.',
  }),
};

export const asyncWork = {
  BANTAM_ASYNC_CONCURRENCY: Type.Integer({
    unit: 'count',
    minimum: 0,
    maximum: 4096,
    default: 0,
    description: 'Asynchronous invocations that run at the same time at a worker. 0: as many as BANTAM_EXECUTORS.',
  }),
};
