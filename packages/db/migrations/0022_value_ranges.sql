-- Whoever writes by SQL could store values that the API cannot name: an id that JSON does not hold exactly, a time without
-- a place in the sort order of a cursor (`infinity`), or one of a year that ISO 8601 writes differently. The list showed
-- such a row, and its own cursor or address was then refused. Now the tables refuse it.

-- Says which rows there are already, before PostgreSQL refuses with the first of them.
do $$
declare
  rule record;
  row_count bigint;
  ids text;
  problems text[] := '{}';
begin
  for rule in
    select table_name, column_name, format(template, column_name) as is_wrong, bounds
    from (values
      ('contacts', 'id', 'not %I between 1 and 9007199254740991', '1 to 9007199254740991'),
      ('contacts', 'created_at', 'not (%1$I >= ''1970-01-01 00:00:00+00'' and %1$I < ''10000-01-01 00:00:00+00'')', '1970 to 9999'),
      ('contacts', 'updated_at', 'not (%1$I >= ''1970-01-01 00:00:00+00'' and %1$I < ''10000-01-01 00:00:00+00'')', '1970 to 9999'),
      ('messages', 'id', 'not %I between 1 and 9007199254740991', '1 to 9007199254740991'),
      ('messages', 'created_at', 'not (%1$I >= ''1970-01-01 00:00:00+00'' and %1$I < ''10000-01-01 00:00:00+00'')', '1970 to 9999')
    ) as rules (table_name, column_name, template, bounds)
  loop
    execute format(
      'select count(*), string_agg(id::text, '', '' order by id) filter (where position <= 10)
       from (select id, row_number() over (order by id) as position from %I where %s) wrong',
      rule.table_name, rule.is_wrong
    ) into row_count, ids;
    if row_count > 0 then
      problems := problems || format(
        '%s of %s outside %s in %s row(s), with the id %s%s',
        rule.column_name, rule.table_name, rule.bounds, row_count, ids, case when row_count > 10 then ', ...' else '' end
      );
    end if;
  end loop;
  if problems <> '{}' then
    raise exception using
      errcode = 'check_violation',
      message = 'Nothing was migrated, because there are values that the API cannot name: '
        || array_to_string(problems, '; ') || '. Correct or delete these rows, then migrate again.';
  end if;
end
$$;

alter table contacts
  add constraint contacts_id_range check (id between 1 and 9007199254740991),
  add constraint contacts_created_at_range
    check (created_at >= '1970-01-01 00:00:00+00' and created_at < '10000-01-01 00:00:00+00'),
  add constraint contacts_updated_at_range
    check (updated_at >= '1970-01-01 00:00:00+00' and updated_at < '10000-01-01 00:00:00+00');

-- contact_id refers to contacts.
alter table messages
  add constraint messages_id_range check (id between 1 and 9007199254740991),
  add constraint messages_created_at_range
    check (created_at >= '1970-01-01 00:00:00+00' and created_at < '10000-01-01 00:00:00+00');

-- Leaves the building of all segments to build_message_segments(), in ranges of 1,000 contacts that exist, however far
-- apart their ids are: steps of 1,000 ids up to an id of 9 * 10^15 would be 9 * 10^12 rows.
create or replace procedure discard_message_segments()
  language sql
  begin atomic
    delete from unsegmented_contacts;
    insert into unsegmented_contacts (first_contact_id, last_contact_id)
    select min(id), max(id)
    from (select id, (row_number() over (order by id) - 1) / 1000 as range_no from contacts) numbered
    where exists (select from messages)
    group by range_no;
  end;
