-- The sizes of the lists, so that no read counts rows: a size is the sum of its changes. Writers only add rows here and
-- never wait for one another; the worker sums them up.
create table list_sizes (
  list text not null,
  change bigint not null
);

create function record_contact_count() returns trigger
  language plpgsql
  as $$
begin
  insert into list_sizes (list, change)
  select 'contacts', case tg_op when 'INSERT' then count(*) else -count(*) end from touched having count(*) > 0;
  return null;
end
$$;

create function record_truncated_contacts() returns trigger
  language plpgsql
  as $$
begin
  lock table list_sizes in share update exclusive mode;
  delete from list_sizes where list = 'contacts';
  return null;
end
$$;

create trigger record_inserted_contacts after insert on contacts
  referencing new table as touched for each statement execute function record_contact_count();
create trigger record_deleted_contacts after delete on contacts
  referencing old table as touched for each statement execute function record_contact_count();
create trigger record_truncated_contacts after truncate on contacts
  for each statement execute function record_truncated_contacts();

-- Sizes are summed up and counted by one at a time: each deletes what it sees and adds the sum of it, so that a sum that
-- the other has just added would stay beside the count. Writers only add rows, and do not wait for this lock.
create procedure sum_up_list_sizes()
  language plpgsql
  as $$
begin
  lock table list_sizes in share update exclusive mode;
  with gone as (
    delete from list_sizes
    where list in (select list from list_sizes group by list having count(*) > 1)
    returning list, change
  )
  insert into list_sizes (list, change) select list, sum(change) from gone group by list;
end
$$;
