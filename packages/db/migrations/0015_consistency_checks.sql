-- One row per `db:check` that came to its end: for each table how many differences it found at last, after the repair if
-- there was one. The worker's metrics tell the newest.
create table consistency_checks (
  id bigint generated always as identity primary key,
  started_at timestamptz not null,
  finished_at timestamptz not null default clock_timestamp(),
  -- {"message_segments": 0, ...}
  differences jsonb not null
);
