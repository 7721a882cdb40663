/** Deliveries made up for tests of callbacks. */
import type pg from 'pg';
import { type CallbackRules, callbackRules } from '../../gateway/callbacks/allow-list.ts';
import type { TakenDelivery } from '../../registry/deliveries.ts';
import { uuidv7 } from '../../shared/uuid.ts';

/** Of the reference vector of Standard Webhooks' libraries. */
export const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

export function rulesOf(hosts: string, allowPrivate = false): CallbackRules {
  return callbackRules({ BANTAM_CALLBACK_HOSTS: hosts, BANTAM_CALLBACK_SECRET: secret, BANTAM_CALLBACK_PRIVATE: allowPrivate });
}

/** The first attempt to tell a URL of an answer in JSON. */
export function aDelivery(changes: Partial<TakenDelivery> = {}): TakenDelivery {
  return {
    id: '8d2c1f52-6c53-4f0e-9d6b-0f6f5d2a1b00',
    attempt: 1,
    destination: { url: 'https://hooks.example.com/end' },
    success: true,
    invocation: '0198a1b2-0000-7000-8000-000000000001',
    function: 'fib',
    version: 3,
    depth: 0,
    ageMs: 10,
    outcome: { answer: { status: 200, headers: ['Content-Type', 'application/json', 'x-other', '1'], body: Buffer.from('42') } },
    ...changes,
  };
}

/** What a row of a finished invocation and of its delivery may say otherwise. */
export interface DeliveryRows {
  readonly target?: string;
  readonly destination?: 'function' | 'url';
  readonly depth?: number;
  /** Default: 200 with 42 in JSON. */
  readonly failure?: { readonly code: string; readonly detail: string };
  /** Milliseconds since the end. */
  readonly ageMs?: number;
}

/** Writes an invocation that is finished, and one delivery of it. @returns their ids */
export async function insertDelivery(
  pool: pg.Pool,
  rows: DeliveryRows = {},
): Promise<{ readonly delivery: string; readonly invocation: string }> {
  const { target = 'https://hooks.example.com/end', destination = 'url', depth = 0, failure, ageMs = 0 } = rows;
  const invocation = uuidv7();
  const answer = failure === undefined ? [200, '["content-type","application/json"]', Buffer.from('42')] : [null, null, null];
  await pool.query(
    `insert into invocations (id, function, version, status, reason, due_at, expires_at, max_age_ms, depth, finished_at, code, detail,
       result_status, result_headers, result_body, stored_bytes)
     values ($1, 'fib', 3, $2, $3, now(), now(), 1000, $4, now() - $5 * interval '1 ms', $6, $7, $8, $9, $10, 2)`,
    [
      invocation,
      failure === undefined ? 'succeeded' : 'dead',
      failure === undefined ? null : 'attempts',
      depth,
      ageMs,
      failure?.code,
      failure?.detail,
      ...answer,
    ],
  );
  const { rows: inserted } = await pool.query<{ id: string }>(
    'insert into deliveries (invocation, outcome, destination, target) values ($1, $2, $3, $4) returning id',
    [invocation, failure === undefined ? 'success' : 'failure', destination, target],
  );
  return { invocation, delivery: inserted[0]?.id ?? '' };
}

export interface DeliveryState {
  readonly status: string;
  readonly attempt: number;
  readonly detail: string | null;
  /** Until it is due; negative when it was before now. */
  readonly dueInMs: number;
  readonly finished: boolean;
}

export async function deliveryState(pool: pg.Pool, id: string): Promise<DeliveryState | undefined> {
  const { rows } = await pool.query<DeliveryState>(
    `select status, attempt, detail, finished_at is not null as finished, extract(epoch from due_at - now())::float8 * 1000 as "dueInMs"
     from deliveries where id = $1`,
    [id],
  );
  return rows[0];
}
