/** Accepting invocations: one statement, and so one commit, for all that come together. */
import type pg from 'pg';
import { limits } from '../../contracts/limits.ts';
import { onPostgres } from '../../shared/postgres.ts';
import { packBytes, rowBytes, splitByBytes, storable } from './columns.ts';
import type { Acceptance, NewInvocation } from './port.ts';

/**
 * - `held`: versions are kept from being deleted until the commit; a deletion that was first is waited for, and then there is no version.
 * - `keyed`: of those with the same key one gets it, and only it is inserted. Keys are taken in order: two batches never wait for each other.
 */
const insert = {
  name: 'accept-invocations',
  text: `
with input as materialized (
  select * from unnest($1::uuid[], $2::text[], $3::integer[], $4::integer[], $5::integer[], $6::float8[], $7::float8[], $8::text[],
    $9::integer[], $10::text[], $11::text[], $12::text[], $15::text[], $16::text[])
    with ordinality as i (id, function, version, start, length, delay_ms, max_age_ms, callback_url, depth, schedule, key, fingerprint, caller,
      traceparent, position)
), held as materialized (
  select f.name as function, v.version from functions f join versions v on v.function_id = f.id
  where (f.name, v.version) in (select function, version from input)
  order by v.function_id, v.version for key share of v
), keyed as (
  insert into idempotency_keys as k (function, key, fingerprint, invocation)
  select distinct on (function, key) function, key, decode(fingerprint, 'hex'), id
  from input join held using (function, version) where key is not null order by function, key, position
  on conflict (function, key) do update
  set fingerprint = excluded.fingerprint, invocation = excluded.invocation, created_at = excluded.created_at
  where k.created_at < now() - $14::float8 * interval '1 ms'
  returning invocation
), inserted as (
  insert into invocations
    (id, function, version, status, due_at, expires_at, max_age_ms, payload, callback_url, depth, schedule, caller, traceparent, stored_bytes)
  select id, function, version, 'queued', now() + delay_ms * interval '1 ms', now() + (delay_ms + max_age_ms) * interval '1 ms', max_age_ms,
    substring($13::bytea from start for length), callback_url, depth, schedule, caller, traceparent, length + ${rowBytes}
  from input join held using (function, version)
  where key is null or id in (select invocation from keyed)
  returning id
)
select held.version is not null as there, inserted.id is not null as created
from input left join held using (function, version) left join inserted using (id) order by position`,
};

/** A key that somebody else had first. */
const lookUp = `
select k.invocation as id, k.fingerprint = decode(i.fingerprint, 'hex') as same
from unnest($1::text[], $2::text[], $3::text[]) with ordinality as i (function, key, fingerprint, position)
  left join idempotency_keys k using (function, key)
order by position`;

/** See InvocationStore. */
export async function acceptInvocations(pool: pg.Pool, invocations: readonly NewInvocation[]): Promise<readonly Acceptance[]> {
  const acceptances: Acceptance[] = [];
  for (const group of splitByBytes(invocations, ({ payload }) => payload.byteLength)) acceptances.push(...(await acceptGroup(pool, group)));
  return acceptances;
}

async function acceptGroup(pool: pg.Pool, group: readonly NewInvocation[]): Promise<readonly Acceptance[]> {
  const { rows } = await onPostgres(() =>
    pool.query<{ there: boolean; created: boolean }>({
      ...insert,
      values: [
        ...toColumns(group),
        limits.idempotencyAgeMs,
        group.map(({ caller }) => caller ?? null),
        group.map(({ traceparent }) => (traceparent === undefined ? null : storable(traceparent))),
      ],
    }),
  );
  const losers = group.filter((_, i) => rows[i]?.there === true && !rows[i].created);
  const found = losers.length === 0 ? undefined : await findByKey(pool, losers);
  return group.map((invocation, i) => {
    if (rows[i]?.created === true) return { kind: 'accepted', id: invocation.id, created: true };
    return found?.get(invocation) ?? { kind: 'gone' };
  });
}

async function findByKey(pool: pg.Pool, losers: readonly NewInvocation[]): Promise<ReadonlyMap<NewInvocation, Acceptance>> {
  const { rows } = await onPostgres(() =>
    pool.query<{ id: string | null; same: boolean | null }>(lookUp, [
      losers.map((loser) => loser.function),
      losers.map(keyOf),
      losers.map(fingerprintOf),
    ]),
  );
  const found = new Map<NewInvocation, Acceptance>();
  for (const [i, loser] of losers.entries()) {
    const row = rows[i];
    if (row === undefined || row.id === null) continue;
    found.set(loser, row.same === true ? { kind: 'accepted', id: row.id, created: false } : { kind: 'conflict' });
  }
  // A key that was swept between the two statements is free again.
  const freed = losers.filter((loser) => !found.has(loser));
  if (freed.length > 0) {
    const acceptances = await acceptGroup(pool, freed);
    for (const [i, acceptance] of acceptances.entries()) found.set(freed[i] as NewInvocation, acceptance);
  }
  return found;
}

function toColumns(group: readonly NewInvocation[]): unknown[] {
  const { bytes, starts, lengths } = packBytes(group.map(({ payload }) => payload));
  return [
    group.map(({ id }) => id),
    group.map((invocation) => invocation.function),
    group.map(({ version }) => version),
    starts,
    lengths,
    group.map(({ delayMs }) => delayMs),
    group.map(({ maxAgeMs }) => maxAgeMs),
    group.map(({ callbackUrl }) => (callbackUrl === undefined ? null : storable(callbackUrl))),
    group.map(({ depth }) => depth),
    group.map(({ schedule }) => schedule ?? null),
    group.map(keyOf),
    group.map(fingerprintOf),
    bytes,
  ];
}

function keyOf({ idempotency }: NewInvocation): string | null {
  return idempotency === undefined ? null : storable(idempotency.key);
}

function fingerprintOf({ idempotency }: NewInvocation): string | null {
  return idempotency === undefined ? null : Buffer.from(idempotency.fingerprint).toString('hex');
}
