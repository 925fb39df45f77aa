-- One row per `db:seed`, written before its transaction begins and finished by it. The newest row without finished_at,
-- while no seed holds the lock, is one that was interrupted: the next run says so.
create table seed_runs (
  id bigint generated always as identity primary key,
  seed bigint not null,
  contacts bigint not null,
  messages bigint not null,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz
);
