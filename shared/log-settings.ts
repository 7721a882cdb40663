/** The settings of guest logs and traces, as settings.ts has the others. Data only. */
import { Type } from 'typebox';

/** Kept by the worker, which writes the logs. */
export const guestLogs = {
  BANTAM_KEEP_LOG_BYTES: Type.Integer({
    unit: 'bytes',
    minimum: 65_536,
    maximum: 1_099_511_627_776,
    default: 16_777_216,
    description: 'What is kept of the log of a function, each line counted with 128 bytes more, past which its oldest lines are deleted.',
  }),
  BANTAM_LOG_LINES_PER_SECOND: Type.Integer({
    unit: 'count',
    minimum: 1,
    maximum: 1_000_000,
    default: 1_000,
    description:
      'Lines that the guests of a function may write at a worker, on average over 10 seconds, past which lines are dropped. A line in the log says how many.',
  }),
  BANTAM_LOG_BYTES_PER_SECOND: Type.Integer({
    unit: 'bytes',
    minimum: 1_024,
    maximum: 1_073_741_824,
    default: 1_048_576,
    description: 'Bytes that the guests of a function may write at a worker, on average over 10 seconds, past which lines are dropped.',
  }),
};

/** Kept by the gateway that leads. */
export const logRetention = {
  BANTAM_KEEP_LOGS_MS: Type.Integer({
    unit: 'ms',
    minimum: 1_000,
    maximum: 31_536_000_000,
    default: 259_200_000,
    description: 'Age of lines of guest logs past which they are deleted.',
  }),
};

/** A token (RFC 9110, section 5.6.2), and a value in which everything is percent-encoded that has a meaning there. */
const header = '[!#$%&*+.^`|~\\w-]+=([^,%]|%[0-9A-Fa-f]{2})*';

/** Names and meanings are those of OpenTelemetry (specification, "OpenTelemetry Protocol Exporter"). */
export const tracing = {
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
    Type.String({
      pattern: '^https?://',
      expected: 'a URL starting with http:// or https://',
      description: 'Where traces are sent: OTLP over HTTP as JSON, to /v1/traces below this URL. None: there are no traces.',
    }),
  ),
  OTEL_EXPORTER_OTLP_HEADERS: Type.String({
    pattern: `^$|^${header}(,${header})*$`,
    expected: 'name=value, separated by commas',
    default: '',
    secret: true,
    description: 'Headers that go with them: name=value, separated by commas, values percent-encoded.',
  }),
};
