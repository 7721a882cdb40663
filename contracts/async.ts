/** Asynchronous invocations: what a function says of them, and what the API says of one. No I/O. */
import { type Static, Type } from 'typebox';
import { limits } from './limits.ts';
import { functionNamePattern } from './names.ts';

/** Who is told of the end of an invocation. */
export const Destination = Type.Union(
  [
    Type.Object(
      { function: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}(\\.[a-z0-9][a-z0-9-]{0,62})?([@:].{1,63})?$' }) },
      {
        additionalProperties: false,
        description:
          'A function: name, name@version or name:alias; of another namespace name.namespace. It is invoked with POST of the result.',
      },
    ),
    Type.Object(
      { url: Type.String({ pattern: '^https://', maxLength: 2_048 }) },
      { additionalProperties: false, description: 'A URL of a host that the operator allows. It gets POST of the result, signed.' },
    ),
  ],
  { description: 'A function or an https URL.' },
);
export type Destination = Static<typeof Destination>;

/** `async` of a function's configuration. */
export const AsyncConfig = Type.Object(
  {
    attempts: Type.Optional(
      Type.Integer({ minimum: 1, maximum: limits.maxAttempts, description: 'Most attempts of an asynchronous invocation. Default 3.' }),
    ),
    backoffMs: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: limits.maxBackoffMs,
        description:
          'Milliseconds before the second attempt, doubled for each further one, of which chance takes up to a half. Default 1000.',
      }),
    ),
    maxAgeMs: Type.Optional(
      Type.Integer({
        minimum: 1_000,
        maximum: limits.maxAsyncAgeMs,
        description: 'Milliseconds from when it could first start, past which no attempt starts. Default 21600000, 6 hours.',
      }),
    ),
    onSuccess: Type.Optional(Destination),
    onFailure: Type.Optional(Destination),
  },
  { additionalProperties: false },
);
export type AsyncConfig = Static<typeof AsyncConfig>;

/**
 * `succeeded`: the guest answered with a status below 400. `failed`: it answered with one of 4xx that another attempt would not change.
 * `dead`: given up, a dead letter; `reason` says why. The last four are final.
 */
export const invocationStatuses = ['queued', 'running', 'succeeded', 'failed', 'dead', 'cancelled'] as const;
export type InvocationStatus = (typeof invocationStatuses)[number];
export type FinalStatus = Exclude<InvocationStatus, 'queued' | 'running'>;

export function isFinal(status: InvocationStatus): status is FinalStatus {
  return status !== 'queued' && status !== 'running';
}

/**
 * Why an invocation is dead: `attempts`: none is left; `age`: it grew too old; `quarantined`: it ended its executor twice in a row;
 * `gone`: its version was deleted.
 */
export const deadReasons = ['attempts', 'age', 'quarantined', 'gone'] as const;
export type DeadReason = (typeof deadReasons)[number];

const DateTime = Type.String({ format: 'date-time' });

export const Attempt = Type.Object({
  attempt: Type.Integer(),
  startedAt: DateTime,
  endedAt: Type.Optional(DateTime),
  worker: Type.String(),
  status: Type.Optional(Type.Integer({ description: 'HTTP status that the guest answered with.' })),
  code: Type.Optional(Type.String({ description: 'Why the guest did not answer.' })),
});
export type Attempt = Static<typeof Attempt>;

/** How the telling of an end went. */
export const Delivery = Type.Object({
  destination: Destination,
  status: Type.Enum(['pending', 'delivered', 'dead']),
  attempts: Type.Integer(),
  detail: Type.Optional(Type.String({ description: 'Why the last attempt failed.' })),
});
export type Delivery = Static<typeof Delivery>;

/** An asynchronous invocation, as GET /api/invocations/{id} shows it. */
export const InvocationRecord = Type.Object({
  id: Type.String(),
  function: Type.String({ pattern: functionNamePattern }),
  version: Type.Integer(),
  status: Type.Enum([...invocationStatuses]),
  reason: Type.Optional(Type.Enum([...deadReasons])),
  code: Type.Optional(Type.String({ description: 'Of the last attempt, when the guest did not answer: see docs/errors.md.' })),
  detail: Type.Optional(Type.String()),
  acceptedAt: DateTime,
  dueAt: Type.Optional(Type.Unsafe<string>({ ...DateTime, description: 'When the next attempt may start; while it is queued.' })),
  expiresAt: DateTime,
  finishedAt: Type.Optional(DateTime),
  schedule: Type.Optional(Type.String()),
  caller: Type.Optional(Type.String({ description: 'Id of the key that it was accepted with.' })),
  attempts: Type.Array(Attempt, { description: 'The last ones; one that is running has no end.' }),
  resultStatus: Type.Optional(Type.Integer({ description: 'HTTP status of the result, once there is one.' })),
  deliveries: Type.Optional(Type.Array(Delivery)),
});
export type InvocationRecord = Static<typeof InvocationRecord>;

export interface AsyncPolicy {
  readonly attempts: number;
  readonly backoffMs: number;
  readonly maxAgeMs: number;
}

/** @returns what is in force of a function's configuration */
export function asyncPolicyOf(config: AsyncConfig | undefined): AsyncPolicy {
  return {
    attempts: config?.attempts ?? limits.defaultAttempts,
    backoffMs: config?.backoffMs ?? limits.defaultBackoffMs,
    maxAgeMs: config?.maxAgeMs ?? limits.defaultAsyncAgeMs,
  };
}

/**
 * @param callbackUrl what the caller asked for: told of either end, beside the function's own
 * @returns who is told of an end; cancelled invocations have had theirs from whoever cancelled them
 */
export function destinationsOf(config: AsyncConfig | undefined, callbackUrl: string | undefined, status: FinalStatus): Destination[] {
  if (status === 'cancelled') return [];
  const own = status === 'succeeded' ? config?.onSuccess : config?.onFailure;
  return [...(own === undefined ? [] : [own]), ...(callbackUrl === undefined ? [] : [{ url: callbackUrl }])];
}
