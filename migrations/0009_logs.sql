-- What guests wrote beside their answers, by line, and the traces that asynchronous invocations belong to.

-- Unlogged: writing is cheap, and a crash of the server costs nothing but old lines.
create unlogged table guest_logs (
  -- By qualified name, without a reference: lines come when the function may be gone.
  function text collate "C" not null,
  -- Where the line ends in the log of its function, which grows with every line. Never used twice: see append_guest_logs.
  position bigint not null,
  -- At the worker, when the call was over.
  at timestamptz not null,
  version integer not null,
  invocation uuid not null,
  worker uuid not null,
  line text not null,
  -- Of a notice: what was dropped instead of being written.
  dropped_lines integer,
  dropped_bytes integer,
  primary key (function, position)
);
-- For the sweep.
create index guest_logs_at on guest_logs (at);

-- Whoever reads a log by position misses no line: they are written one transaction after the other, so none appears before a greater one.
-- A log that has no lines (any more) begins at the time of day, in hundredths of microseconds: later than any log of less than 100 MB/s was.
-- Each line counts with `overhead` bytes more; what is further back than `keep` is deleted.
create function append_guest_logs(functions text[], ats float8[], versions integer[], invocations uuid[], worker uuid, lines text[],
  dropped_lines integer[], dropped_bytes integer[], overhead integer, keep bigint) returns void language plpgsql as $$
declare
  written text;
begin
  perform pg_advisory_xact_lock(7236833);
  insert into guest_logs
  select i.function, log.base + sum(octet_length(i.line) + overhead) over (partition by i.function order by i.n),
    to_timestamp(i.at / 1000), i.version, i.invocation, append_guest_logs.worker, i.line, i.dropped_lines, i.dropped_bytes
  from unnest(functions, ats, versions, invocations, lines, append_guest_logs.dropped_lines, append_guest_logs.dropped_bytes) with ordinality
    as i (function, at, version, invocation, line, dropped_lines, dropped_bytes, n)
  join (
    select f.function, coalesce(
      (select max(l.position) from guest_logs l where l.function = f.function),
      (extract(epoch from clock_timestamp()) * 100000000)::bigint) as base
    from (select distinct unnest(functions) as function) f
  ) as log using (function);
  for written in select distinct unnest(functions) loop
    delete from guest_logs l where l.function = written
      and l.position <= (select max(m.position) from guest_logs m where m.function = written) - keep;
  end loop;
end
$$;

-- As in the header of the same name (W3C Trace Context); null where there is none.
alter table invocations add column traceparent text;
