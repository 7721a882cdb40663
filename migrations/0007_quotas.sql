-- Quotas of namespaces and of keys. Null is no limit.
-- Processes that do not know them go on, and let everything through.

create table quotas (
  namespace text collate "C" unique references namespaces on delete cascade,
  key text collate "C" unique references keys on delete cascade,
  rate_per_second float8 check (rate_per_second > 0),
  burst integer check (burst >= 1),
  concurrency integer check (concurrency >= 1),
  functions integer check (functions >= 0),
  stored_bytes bigint check (stored_bytes >= 0),
  async_backlog integer check (async_backlog >= 0),
  check (num_nonnulls(namespace, key) = 1)
);

-- Also when a quota goes with its namespace or key. Once per transaction: the payload is the same.
create function tell_quotas() returns trigger language plpgsql as $$
begin
  perform pg_notify('bantam_quotas', '');
  return null;
end
$$;
create trigger quotas_changed after insert or update or delete on quotas for each row execute function tell_quotas();
