/** Connections to Redis. All of them come back by themselves, and all but one role fail fast; what a lost command means is for its caller to decide. */
import { Redis } from 'ioredis';

/**
 * `command`: short commands. `blocking`: reads that may block for up to a second. `subscriber`: receives published messages.
 * `waiting`: commands wait for the connection and are sent again after it was lost; reads may block for up to 10 s.
 */
export type RedisRole = 'command' | 'blocking' | 'subscriber' | 'waiting';

export interface RedisConnectionOptions {
  readonly role: RedisRole;
  /** Told of every connection error, so of one per attempt while Redis is away: log with restraint. */
  readonly onError: (error: Error) => void;
}

const reconnectDelayMs = 200;

/** Silence after which a connection with a command outstanding is taken for dead: a frozen server or a half-open socket. */
const silenceMs: Readonly<Record<RedisRole, number>> = { command: 2_000, blocking: 4_000, subscriber: 2_000, waiting: 12_000 };

/**
 * Connects at once and for ever again, every 200 ms. While there is no connection, commands reject at once; when it is lost, those
 * outstanding reject at once. Nothing is sent twice and nothing is subscribed again by itself: listen to `ready` and `close`. All of this
 * but for the role `waiting`.
 * @param url `redis://` or `rediss://` (IANA provisional scheme registration)
 */
export function createRedis(url: string, { role, onError }: RedisConnectionOptions): Redis {
  const waits = role === 'waiting';
  const redis = new Redis(url, {
    connectionName: `bantam-${role}`,
    connectTimeout: 2_000,
    retryStrategy: () => reconnectDelayMs,
    maxLoadingRetryTime: reconnectDelayMs,
    enableOfflineQueue: waits,
    maxRetriesPerRequest: waits ? null : 0,
    autoResendUnfulfilledCommands: waits,
    autoResubscribe: false,
    socketTimeout: silenceMs[role],
  });
  redis.on('error', onError);
  return redis;
}

/** What a command rejected with, as an error; ioredis rejects with nothing else. */
export function toError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
