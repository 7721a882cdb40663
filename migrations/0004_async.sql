-- Asynchronous invocations, what becomes of them, schedules, and the events that tell of it all.
-- Processes that do not know them go on: they take no part in it.

create table invocations (
  -- Version 7 (RFC 9562, section 5.7): later ones are greater, to the millisecond.
  id uuid primary key,
  -- By name and number, without a reference: they may be deleted once it is finished.
  function text collate "C" not null,
  version integer not null,
  status text not null check (status in ('queued', 'running', 'succeeded', 'failed', 'dead', 'cancelled')),
  accepted_at timestamptz not null default now(),
  -- When the next attempt may start; of one that is not queued, when the last one might.
  due_at timestamptz not null,
  -- Past it no attempt starts.
  expires_at timestamptz not null,
  max_age_ms bigint not null,
  -- Attempts started. Whoever ends an attempt names it, and is too late when another has begun since.
  attempt integer not null default 0,
  started_at timestamptz,
  worker uuid,
  -- Since it was accepted or redriven: attempts that count; and in a row: those that the platform lost, and that ended their executor.
  tries integer not null default 0,
  losses integer not null default 0,
  crashes integer not null default 0,
  -- What was: [{attempt, startedAt, endedAt, worker, code, status}], the last ones.
  attempts jsonb not null default '[]',
  -- Null once it is of no use.
  payload bytea,
  callback_url text,
  -- How many invocations led to this one as their destination.
  depth smallint not null default 0,
  -- Name of the schedule that made it.
  schedule text collate "C",
  finished_at timestamptz,
  -- Why a dead one is dead.
  reason text check (reason in ('attempts', 'age', 'quarantined', 'gone')),
  -- Of the last attempt: why the guest did not answer (an error code, in words, further members), or its answer.
  code text,
  detail text,
  -- JSON as text: guests have a say in it, and what the type json refuses must not hinder the end of an attempt.
  extra text,
  result_status integer,
  -- JSON as text: [name, value, name, value ...]
  result_headers text,
  result_body bytea,
  -- Of payload and result, and a share for the row.
  stored_bytes integer not null
);
create index invocations_queued on invocations (due_at, id) where status = 'queued';
create index invocations_expiring on invocations (expires_at) where status = 'queued';
create index invocations_running on invocations (worker) where status = 'running';
-- For the sweeps. Dead letters have an index of their own: they stay for longer, and those of the others need not step over them.
create index invocations_finished on invocations (finished_at) include (stored_bytes) where status in ('succeeded', 'failed', 'cancelled');
create index invocations_dead on invocations (finished_at) where status = 'dead';
-- For lists. What is rare has an index; what is not is soon found by id.
create index invocations_rare on invocations (status, id) where status in ('failed', 'dead', 'cancelled');
create index invocations_function on invocations (function, id);
create index invocations_schedule on invocations (schedule, id) where schedule is not null;

-- The same key and request is the same invocation, for a day.
create table idempotency_keys (
  function text collate "C" not null,
  key text collate "C" not null,
  -- sha256 of the request.
  fingerprint bytea not null,
  invocation uuid not null,
  created_at timestamptz not null default now(),
  primary key (function, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);

-- Workers that take asynchronous invocations. One whose beats do not go on is lost.
create table workers (
  id uuid primary key,
  host text not null,
  started_at timestamptz not null default now(),
  beats bigint not null default 0
);

-- What is to be told of a finished invocation, to a function or a URL.
create table deliveries (
  id uuid primary key default gen_random_uuid(),
  invocation uuid not null references invocations on delete cascade,
  outcome text not null check (outcome in ('success', 'failure')),
  destination text not null check (destination in ('function', 'url')),
  target text not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'dead')),
  attempt integer not null default 0,
  -- While an attempt is under way: when another may take it over.
  due_at timestamptz not null default now(),
  finished_at timestamptz,
  -- Why the last attempt failed.
  detail text
);
create index deliveries_due on deliveries (due_at) where status = 'pending';
create index deliveries_invocation on deliveries (invocation);

create table schedules (
  name text collate "C" primary key check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  -- name, name@version or name:alias
  function text collate "C" not null,
  cron text,
  time_zone text not null,
  every_ms bigint,
  -- JSON, of the requests it makes; null: they have none.
  body text,
  overlap text not null check (overlap in ('skip', 'queue')),
  missed text not null check (missed in ('skip', 'one')),
  paused boolean not null,
  created_at timestamptz not null default now(),
  -- Null while it is paused, and when its expression has no further time.
  next_at timestamptz,
  last_at timestamptz,
  last_invocation uuid,
  check ((cron is null) <> (every_ms is null))
);
create index schedules_next on schedules (next_at);

create table events (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  type text not null,
  data json not null
);

-- Whoever reads events by id misses none: they are written one transaction after the other, so none appears behind a greater id.
-- Call it last in a transaction; the lock (a number of our own) is held until its end. Of nothing (null) it makes nothing.
create function append_events(types text[], data json[]) returns void language plpgsql strict as $$
begin
  perform pg_advisory_xact_lock(7236832);
  insert into events (type, data) select e.type, e.data from unnest(types, append_events.data) with ordinality as e (type, data, n) order by e.n;
  perform pg_notify('bantam_events', '');
end
$$;

create function append_event(type text, data json) returns void language sql as $$
  select append_events(array[append_event.type], array[append_event.data])
$$;
