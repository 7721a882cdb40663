-- Aliases: what a name such as `live` or `canary` points to, and the history of all of their changes.
-- Processes that do not know them go on: their calls run the newest version. What they publish goes live at the others with the next
-- publish or release there; a function that they publish first has no `live`, and its newest version is served.

create table releases (
  id bigint generated always as identity primary key,
  function_id bigint not null references functions,
  alias text collate "C" not null check (alias ~ '^[a-z][a-z0-9-]{0,62}$'),
  released_at timestamptz not null default clock_timestamp(),
  released_by text not null,
  reason text not null check (reason in ('publish', 'set', 'rollback', 'guard', 'delete', 'migration')),
  -- What the alias points to since, newest version first; empty when it was deleted.
  versions integer[] not null,
  -- Null when it points to one version and was given no weights.
  weights integer[] check (cardinality(weights) = cardinality(versions)),
  sticky json,
  guard json,
  detail text,
  -- Of the same alias: the release that this one replaced, and the one that a rollback goes back to. Null when there is none.
  -- Without a constraint: releases are deleted with their function only, all together.
  replaces bigint,
  beneath bigint
);
create index releases_function on releases (function_id, id desc);

-- The last release of each alias that there is.
create table aliases (
  function_id bigint not null references functions,
  alias text collate "C" not null,
  release bigint not null unique references releases,
  primary key (function_id, alias)
);

with first as (
  insert into releases (function_id, alias, released_by, reason, versions)
  select f.id, 'live', 'migration', 'migration', array[f.latest_version]
  from functions f join versions v on v.function_id = f.id and v.version = f.latest_version
  returning id, function_id, alias
)
insert into aliases (function_id, alias, release) select function_id, alias, id from first;
