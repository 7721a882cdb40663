-- Namespaces: functions and schedules are known by `name` in the default namespace and by `name.namespace` in others.
-- Processes that do not know them go on; they run and list the functions of all namespaces as if those were one. Make namespaces once all
-- processes are new.

-- Of a function or schedule by its qualified name.
create function namespace_of(name text) returns text language sql immutable parallel safe
  return case when strpos(name, '.') = 0 then 'default' else split_part(name, '.', 2) end;

create table namespaces (
  name text collate "C" primary key check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  description text,
  created_at timestamptz not null default now()
);
insert into namespaces (name) values ('default');

alter table functions
  drop constraint functions_name_check,
  add constraint functions_name_check
    check (name ~ '^[a-z0-9][a-z0-9-]{0,62}(\.[a-z0-9][a-z0-9-]{0,62})?$' and split_part(name, '.', 2) <> 'default'),
  -- Without a reference to namespaces: rows stay when their functions are deleted, and their namespace may be, then.
  add column namespace text collate "C" generated always as (namespace_of(name)) stored;
create index functions_namespace on functions (namespace, split_part(name, '.', 1));

alter table schedules
  drop constraint schedules_name_check,
  add constraint schedules_name_check
    check (name ~ '^[a-z0-9][a-z0-9-]{0,62}(\.[a-z0-9][a-z0-9-]{0,62})?$' and split_part(name, '.', 2) <> 'default'),
  add column namespace text collate "C" generated always as (namespace_of(name)) stored;
create index schedules_namespace on schedules (namespace, split_part(name, '.', 1));

-- For lists, and for who asks whether a namespace is empty. Those of the default namespace, mostly all of them, are found without it.
create index invocations_namespace on invocations (namespace_of(function), id) where namespace_of(function) <> 'default';
