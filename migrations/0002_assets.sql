-- The files published with a version, as packs (contracts/assets.ts) by digest.
-- Processes that do not know them go on: they publish versions without assets and never delete any. What they leave behind when they
-- delete a function that had some is deleted with the next function that had the same.

create table assets (
  digest bytea primary key check (length(digest) = 32),
  size_bytes integer not null check (size_bytes = length(bytes)),
  entries integer not null,
  -- Of all files together, without names and folders.
  content_bytes integer not null,
  bytes bytea not null,
  created_at timestamptz not null default now()
);
-- Read in pieces, as modules are.
alter table assets alter column bytes set storage external;

alter table versions add column assets bytea references assets;
-- For the sweep of assets that no version refers to.
create index versions_assets on versions (assets) where assets is not null;
