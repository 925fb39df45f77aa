-- Turns `messages` into a table of hash partitions by contact, `messages_0_of_16` and so on, as many as the setting
-- `messaging.partitions` says; run by `npm run db:partition`, in one transaction. A partitioned table can be given
-- another number the same way.
--
-- What there is to keep is read from the catalog, so that migrations to come need not be known here: columns, indexes,
-- constraints, triggers, rights, and the views and functions that name the table. The materialized view reads it
-- through current_conversations, so it is not touched.
--
-- Writers wait from the beginning to the end. Readers wait for the last step alone, which takes milliseconds.

-- Gives way every half second to those who wait for us while they hold what we wait for, before PostgreSQL takes it
-- for a deadlock and ends one of us.
create or replace function pg_temp.lock_relations(relations text, mode text) returns void
  language plpgsql
  set lock_timeout = '500ms'
  as $$
declare
  give_up_at constant timestamptz := clock_timestamp() + interval '10 minutes';
begin
  loop
    begin
      execute format('lock table %s in %s mode', relations, mode);
      return;
    exception when lock_not_available or deadlock_detected then
      if clock_timestamp() > give_up_at then
        raise;
      end if;
    end;
    perform pg_sleep(random() / 2);
  end loop;
end
$$;

do $$
declare
  partitions constant integer := current_setting('messaging.partitions')::integer;
  source constant regclass := 'messages';
  began_at timestamptz := clock_timestamp();
  storage text;
  columns text;
  next_id bigint;
  copied bigint;
  statement text;
  -- Made on the new table while the old one is read.
  indexes text[];
  foreign_keys text[];
  -- Made when the new table has the old one's name.
  renames text[];
  restored text[];
  views text;
begin
  if partitions not between 2 and 256 then
    raise exception 'messages can have 2 to 256 partitions, not %', partitions;
  end if;
  if exists (select from pg_constraint where contype = 'f' and confrelid = source) then
    raise exception 'a foreign key refers to messages, whose ids alone are no key once it is partitioned';
  end if;
  perform pg_temp.lock_relations('contacts, messages', 'exclusive');
  raise notice 'writers wait from now on';

  select string_agg(quote_ident(attname), ', ' order by attnum) into columns
  from pg_attribute where attrelid = source and attnum > 0 and not attisdropped and attgenerated = '';

  -- Of what is partitioned already, any partition says how they are stored.
  select coalesce('with (' || array_to_string(reloptions, ', ') || ')', '') into storage
  from pg_class where oid = (select relid from pg_partition_tree(source) where isleaf limit 1);

  -- As its definition says, but for the name, and that the table may be partitioned.
  select
    array_agg(regexp_replace(
      pg_get_indexdef(indexrelid),
      '^(CREATE (?:UNIQUE )?INDEX) \S+ ON (?:ONLY )?\S+', format('\1 %I ON messages_partitioned', relname || '_partitioned')
    ) order by relname),
    array_agg(format('alter index %I rename to %I', relname || '_partitioned', relname))
  into indexes, renames
  from pg_index join pg_class on pg_class.oid = indexrelid
  where indrelid = source and not indisprimary;

  select array_agg(
    format('alter table messages_partitioned add constraint %I %s', conname, pg_get_constraintdef(oid)) order by conname
  ) into foreign_keys
  from pg_constraint where conrelid = source and contype = 'f' and conparentid = 0;

  with dependents as (
    select distinct coalesce(ev_class, objid) as oid, classid = 'pg_proc'::regclass as is_routine
    from pg_depend
    left join pg_rewrite on classid = 'pg_rewrite'::regclass and pg_rewrite.oid = objid
    left join pg_class on pg_class.oid = ev_class
    where refclassid = 'pg_class'::regclass and refobjid = source and deptype = 'n'
      and (relkind = 'v' or classid = 'pg_proc'::regclass)
  )
  select
    array(select format('create or replace view %s as %s', oid::regclass, pg_get_viewdef(oid)) from dependents where not is_routine)
      || array(select pg_get_functiondef(oid) from dependents where is_routine)
      || array(select pg_get_triggerdef(oid) from pg_trigger where tgrelid = source and not tgisinternal)
      || array(select format('alter table messages disable trigger %I', tgname) from pg_trigger where tgrelid = source and tgenabled = 'D')
      || array(
        select format('grant %s on messages to %s', privilege_type, case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end)
        from pg_class cross join aclexplode(relacl)
        where pg_class.oid = source
      )
      || (select format('alter table messages owner to %I', pg_get_userbyid(relowner)) from pg_class where oid = source),
    (select string_agg(oid::regclass::text, ', ') from dependents where not is_routine)
  into restored, views;

  execute format('select last_value + is_called::int from %s', pg_get_serial_sequence('messages', 'id')) into next_id;

  create table messages_partitioned (like messages including all excluding indexes) partition by hash (contact_id);
  for remainder in 0 .. partitions - 1 loop
    execute format(
      'create table %I partition of messages_partitioned for values with (modulus %s, remainder %s) %s',
      format('messages_%s_of_%s', remainder, partitions), partitions, remainder, storage
    );
  end loop;
  execute format(
    'insert into messages_partitioned (%s) overriding system value select %1$s from messages', columns
  );
  get diagnostics copied = row_count;
  raise notice '% messages copied after % s', copied, round(extract(epoch from clock_timestamp() - began_at), 1);

  -- A key must hold the column of the partitions. The id comes first, so that one is found by its id alone in a probe of
  -- each partition; that no two are equal is now the sequence's doing.
  alter table messages_partitioned add constraint messages_partitioned_pkey primary key (id, contact_id);
  foreach statement in array indexes || foreign_keys loop
    execute statement;
    raise notice '% after % s', substr(statement, 1, 60), round(extract(epoch from clock_timestamp() - began_at), 1);
  end loop;

  perform pg_temp.lock_relations(concat_ws(', ', views, 'contacts', 'messages'), 'access exclusive');
  began_at := clock_timestamp();
  -- Nothing that depends on the old table is left then, else it stays and all is as before.
  alter table messages rename to messages_replaced;
  alter table messages_partitioned rename to messages;
  foreach statement in array restored loop
    execute statement;
  end loop;
  drop table messages_replaced;
  alter sequence messages_partitioned_id_seq rename to messages_id_seq;
  execute format('alter table messages alter column id restart with %s', next_id);
  alter index messages_partitioned_pkey rename to messages_pkey;
  foreach statement in array renames loop
    execute statement;
  end loop;
  raise notice 'readers waited for % ms', round(extract(epoch from clock_timestamp() - began_at) * 1000);
end
$$;
