-- How long a refresh worked: by a clock that nobody sets, and without the time it waited for locks. The pause after it
-- follows from this. Null where nobody measured it: the view was built, or the worker was killed.
alter table view_refreshes add column worked_ms integer;

-- Clocks jump, so refreshes are ordered by their id.
drop index view_refreshes_newest;
