-- Which cluster the transaction ids in our rows are of: conversation_changes.changed_by and ngram_progress.indexed_before. A
-- dump carries them to another cluster, where they mean nothing: those of the future are never visible, so that changes
-- would stay pending, and what is written next would never be indexed. A server that was upgraded (pg_upgrade) has
-- another identifier too. A replica that was promoted, or a backup of the files, has the same, and its transaction ids go on.
create table database_cluster (
  is_only boolean primary key default true check (is_only),
  system_identifier bigint not null
);

insert into database_cluster (system_identifier) select system_identifier from pg_control_system();

-- Makes what came from another cluster valid here, and returns whether it had to. Every refresh calls it first. Whatever was
-- restored is committed here, so that its changes may be those of this transaction; the index of n-grams is built anew, and
-- searches do without it meanwhile.
create function adopt_restored_rows() returns boolean
  language plpgsql
  as $$
declare
  current_identifier constant bigint := (select system_identifier from pg_control_system());
begin
  if exists (select from database_cluster where system_identifier = current_identifier) then
    return false;
  end if;
  delete from ngram_progress;
  update conversation_changes set changed_by = pg_current_xact_id()
  where contact_id in (select contact_id from conversation_changes order by contact_id for update);
  insert into database_cluster (system_identifier) values (current_identifier)
  on conflict (is_only) do update set system_identifier = excluded.system_identifier;
  return true;
end
$$;
