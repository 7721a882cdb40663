-- Functions, their immutable versions, and the uploaded modules by digest.

-- The lowest migration number that a process must know to work with this schema.
-- A migration that breaks older processes raises it to its own number.
create table schema_compatibility (
  only_row boolean primary key default true check (only_row),
  min_supported integer not null
);
insert into schema_compatibility (min_supported) values (1);

create table modules (
  digest bytea primary key check (length(digest) = 32),
  size_bytes integer not null check (size_bytes = length(bytes)),
  bytes bytea not null,
  created_at timestamptz not null default now()
);
-- Modules are read as a whole and often compressed already in effect: no compression on the way in, none to undo on the way out.
alter table modules alter column bytes set storage external;

-- A row stays when its function is deleted, so that version numbers go on where they ended:
-- a function exists when it has a version numbered latest_version.
create table functions (
  id bigint generated always as identity primary key,
  name text collate "C" not null unique check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  latest_version integer not null default 0,
  created_at timestamptz not null default now()
);

-- json and not jsonb or text: names in a module may hold U+0000, which only json keeps (escaped).
create table versions (
  function_id bigint not null references functions,
  version integer not null check (version >= 1),
  digest bytea not null references modules,
  kind text not null,
  entry json not null check (json_typeof(entry) = 'string'),
  analysis json not null,
  config json not null,
  limits json not null,
  created_at timestamptz not null default now(),
  primary key (function_id, version)
);
-- For the sweep of modules that no version refers to.
create index versions_digest on versions (digest);
