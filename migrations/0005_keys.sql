-- Keys of those who may use the platform, what was done with them, and who made an asynchronous invocation.
-- Processes that do not know them go on: they ask nobody for a key, so stop them before the first key is made.

create table keys (
  -- Part of the key, and no secret.
  id text collate "C" primary key check (id ~ '^[0-9a-f]{16}$'),
  -- sha256 of the whole key.
  hash bytea not null,
  name text not null,
  role text not null check (role in ('admin', 'deploy', 'invoke', 'read')),
  -- Null: all of them.
  namespace text collate "C",
  -- Names without a namespace; null: all of them.
  functions text[],
  created_at timestamptz not null default now(),
  created_by text not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);

-- Every control action, also one that was refused.
create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  -- Null: the operator's own, or none.
  key text collate "C",
  -- Null: whoever it was had no key that is one.
  name text,
  address text not null,
  -- Method and route: PUT /api/functions/:name
  action text not null,
  -- What of it, as far as the path says.
  target text,
  namespace text,
  status integer not null,
  request_id text not null
);
create index audit_at on audit (at);
create index audit_key on audit (key, id);
create index audit_action on audit (action, id);

-- Id of the key that it was accepted with; null where none was needed, or the platform made it.
alter table invocations add column caller text collate "C";
