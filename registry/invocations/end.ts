/** Ending attempts. Whoever comes late changes nothing: what is named must still be in force. */
import type pg from 'pg';
import type { Destination } from '../../contracts/async.ts';
import { onPostgres } from '../../shared/postgres.ts';
import { packBytes, rowBytes, splitByBytes, storable } from './columns.ts';
import { endedColumns, eventsOfEnds, withEnd } from './ending.ts';
import type { AttemptEnd, KeptAnswer, KeptFailure } from './port.ts';

/**
 * In order of ids, so that two that end the same ones never wait for each other. The answer itself is kept of the last attempt only.
 * Not prepared, see claim.ts.
 */
const end = `
with input as materialized (
  select * from unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::integer[], $8::integer[], $9::float8[],
    $10::text[], $11::text[], $12::text[], $13::integer[], $14::text[], $15::integer[], $16::integer[])
    as n (id, attempt, "from", status, reason, tries, losses, crashes, delay_ms, code, detail, extra, answered, headers, start, length)
), held as materialized (
  select i.id from input n join invocations i using (id) where i.attempt = n.attempt and i.status = n."from"
  order by i.id for no key update of i
), ended as (
  update invocations i set
    status = n.status, reason = n.reason, tries = n.tries, losses = n.losses, crashes = n.crashes,
    attempts = case when n."from" = 'queued' then i.attempts else ${withEnd('n.answered', 'n.code')} end,
    due_at = case when n.status = 'queued' then now() + n.delay_ms * interval '1 ms' else i.due_at end,
    finished_at = case when n.status = 'queued' then null else now() end,
    code = n.code, detail = n.detail, extra = n.extra,
    result_status = case when n.status = 'queued' then null else n.answered end,
    result_headers = n.headers,
    result_body = substring($17::bytea from n.start for n.length),
    payload = case when n.status = 'succeeded' then null else i.payload end,
    stored_bytes = ${rowBytes} + case when n.status = 'succeeded' then 0 else coalesce(octet_length(i.payload), 0) end
      + coalesce(n.length, 0)
  from input n, held where n.id = held.id and i.id = held.id
  returning ${endedColumns}
), told as (
  insert into deliveries (invocation, outcome, destination, target)
  select ended.id, case when ended.status = 'succeeded' then 'success' else 'failure' end, d.destination, d.target
  from unnest($18::uuid[], $19::text[], $20::text[]) as d (invocation, destination, target)
    join ended on ended.id = d.invocation and ended.status <> 'queued'
)
select array(select id from ended) as ids, ${eventsOfEnds}`;

/** See InvocationStore. */
export async function endAttempts(pool: pg.Pool, ends: readonly AttemptEnd[]): Promise<ReadonlySet<string>> {
  const ended = new Set<string>();
  for (const group of splitByBytes(ends, (one) => answerOf(one)?.body.byteLength ?? 0)) {
    const { rows } = await onPostgres(() => pool.query<{ ids: string[] }>(end, toColumns(group)));
    for (const id of rows[0]?.ids ?? []) ended.add(id);
  }
  return ended;
}

function toColumns(group: readonly AttemptEnd[]): unknown[] {
  const kept = group.map((one) => (one.verdict.status === 'queued' ? undefined : answerOf(one)));
  const { bytes, starts, lengths } = packBytes(kept.map((answer) => answer?.body));
  const told = group.flatMap(({ id, destinations }) => destinations.map((destination) => ({ id, destination })));
  return [
    group.map(({ id }) => id),
    group.map(({ attempt }) => attempt),
    group.map(({ from }) => from),
    group.map(({ verdict }) => verdict.status),
    group.map(({ verdict }) => (verdict.status === 'dead' ? verdict.reason : null)),
    group.map(({ verdict }) => verdict.tries),
    group.map(({ verdict }) => verdict.losses),
    group.map(({ verdict }) => verdict.crashes),
    group.map(({ verdict }) => (verdict.status === 'queued' ? verdict.delayMs : null)),
    group.map((one) => textOrNull(failureOf(one)?.code)),
    group.map((one) => textOrNull(failureOf(one)?.detail)),
    group.map((one) => toJson(failureOf(one)?.extra)),
    group.map((one) => toInteger(answerOf(one)?.status)),
    kept.map((answer) => toJson(answer?.headers)),
    starts,
    lengths,
    bytes,
    told.map(({ id }) => id),
    told.map(({ destination }) => ('url' in destination ? 'url' : 'function')),
    told.map(({ destination }) => storable(targetOf(destination))),
  ];
}

function answerOf({ outcome }: AttemptEnd): KeptAnswer | undefined {
  return 'answer' in outcome ? outcome.answer : undefined;
}

function failureOf({ outcome }: AttemptEnd): KeptFailure | undefined {
  return 'failure' in outcome ? outcome.failure : undefined;
}

function targetOf(destination: Destination): string {
  return 'url' in destination ? destination.url : destination.function;
}

function textOrNull(text: string | undefined): string | null {
  return text === undefined ? null : storable(text);
}

/** Escapes what Postgres cannot hold. */
function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** A number that is none of 32 bits would fail the batch of others. */
function toInteger(value: number | undefined): number | null {
  return value === undefined ? null : value | 0;
}
