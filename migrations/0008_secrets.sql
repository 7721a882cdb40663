-- Secrets: values that functions are given as environment variables, encrypted by the gateway (shared/keyring.ts).
-- Processes that do not know them go on: functions get their secrets from gateways and workers that do.

-- A row stays when its secret is deleted, so that version numbers go on where they ended: one number is one value for ever.
create table secrets (
  id bigint generated always as identity primary key,
  namespace text collate "C" not null,
  name text collate "C" not null check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  -- The last number given; 0 before the first.
  last_version integer not null default 0,
  -- The one that functions are given; null when it is deleted.
  version integer,
  updated_at timestamptz,
  unique (namespace, name)
);

create table secret_values (
  secret_id bigint not null references secrets,
  version integer not null check (version >= 1),
  -- Says with which key; no part of it.
  key_id text collate "C" not null,
  nonce bytea not null check (length(nonce) = 12),
  -- Encrypted, with the tag of 16 bytes after it.
  sealed bytea not null,
  -- When a newer version took its place; calls that began before may still name it.
  replaced_at timestamptz,
  primary key (secret_id, version)
);
alter table secret_values alter column sealed set storage external;
create index secret_values_replaced on secret_values (replaced_at) where replaced_at is not null;

-- Which versions of functions name which secrets.
create table version_secrets (
  function_id bigint not null,
  version integer not null,
  env text not null,
  secret_id bigint not null references secrets,
  primary key (function_id, version, env),
  foreign key (function_id, version) references versions on delete cascade
);
create index version_secrets_secret on version_secrets (secret_id);
