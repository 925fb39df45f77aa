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

-- One row per `db:check` that came to its end: for each table how many differences it found at last, after the repair if
-- there was one. The worker's metrics tell the newest.
create table consistency_checks (
  id bigint generated always as identity primary key,
  started_at timestamptz not null,
  finished_at timestamptz not null default clock_timestamp(),
  -- {"message_segments": 0, ...}
  differences jsonb not null
);
