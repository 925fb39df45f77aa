-- Three roles with no more than they need, and the same again when it is run again: `npm run db:roles`, as a role that
-- may create roles and owns the database (or a superuser), before or after the first `npm run db:migrate`.
-- Their passwords are the operator's to set: alter role messaging_app password '...';
do $$
declare
  name text;
begin
  foreach name in array array['messaging_migrator', 'messaging_app', 'messaging_reader'] loop
    if not exists (select from pg_roles where rolname = name) then
      execute format('create role %I login', name);
    end if;
    execute format('grant connect on database %I to %I', current_database(), name);
  end loop;
  -- PUBLIC may connect to a new database and make temporary tables in it. REFRESH ... CONCURRENTLY makes one too, as
  -- the owner of the view.
  execute format('revoke all on database %I from public', current_database());
  execute format('grant create, temporary on database %I to messaging_migrator', current_database());
end
$$;

-- Owns the schema, and what others have made in it so far.
grant create, usage on schema public to messaging_migrator;
revoke create on schema public from public;
do $$
declare
  owned record;
begin
  for owned in
    select format('alter %s %s owner to messaging_migrator', case relkind
      when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table'
    end, oid::regclass) as statement
    from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S')
      and relowner <> 'messaging_migrator'::regrole
      -- What belongs to an extension stays, and the sequence of a column goes with its table. (A table of partitions
      -- depends on its own key and they on it, which is no reason.)
      and not exists (
        select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid
          and (deptype = 'e' or relkind = 'S' and deptype in ('a', 'i'))
      )
    union all
    select format('alter routine %s owner to messaging_migrator', oid::regprocedure)
    from pg_proc
    where pronamespace = 'public'::regnamespace and proowner <> 'messaging_migrator'::regrole
      and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = pg_proc.oid and deptype = 'e')
    union all
    select format('alter type %s owner to messaging_migrator', oid::regtype)
    from pg_type
    where typnamespace = 'public'::regnamespace and typtype = 'e' and typowner <> 'messaging_migrator'::regrole
  loop
    execute owned.statement;
  end loop;
end
$$;

-- The API and the worker: rows, not tables. The triggers run with the writer's rights, so that nobody can do through a
-- trigger what he could not do himself; what they write to, the writer may write to. MAINTAIN is for REFRESH, VACUUM
-- and ANALYZE. The bookkeeping of migrations is read only.
grant usage on schema public to messaging_app, messaging_reader;
grant select, insert, update, delete, maintain on all tables in schema public to messaging_app;
grant usage on all sequences in schema public to messaging_app;
grant select on all tables in schema public to messaging_reader;
alter default privileges for role messaging_migrator in schema public
  grant select, insert, update, delete, maintain on tables to messaging_app;
alter default privileges for role messaging_migrator in schema public
  grant usage on sequences to messaging_app;
alter default privileges for role messaging_migrator in schema public
  grant select on tables to messaging_reader;
do $$
begin
  if to_regclass('public.schema_migrations') is not null then
    revoke insert, update, delete, maintain on schema_migrations from messaging_app;
  end if;
end
$$;

-- For reads alone: it has no right to write, and says so sooner.
alter role messaging_reader set default_transaction_read_only = on;

-- The server's log then has no values of what these roles do (docs/security.md). Where we may not set this, the server's
-- own settings count.
do $$
declare
  setting record;
begin
  for setting in
    select role, name, value
    from unnest(array['messaging_migrator', 'messaging_app', 'messaging_reader']) as role
    cross join (values
      ('log_error_verbosity', 'terse'),
      ('log_min_error_statement', 'panic'),
      ('log_parameter_max_length', '0'),
      ('log_parameter_max_length_on_error', '0')
    ) as quiet (name, value)
    where has_parameter_privilege(name, 'SET')
  loop
    execute format('alter role %I set %I = %L', setting.role, setting.name, setting.value);
  end loop;
end
$$;

-- Without Redis the job queue is a schema of its own, which `npm run db:queue` fills with tables as messaging_migrator.
-- BullMQ makes a sequence for each queue when it is first used: this schema is the one place where the app may create.
create schema if not exists bullmq authorization messaging_migrator;
grant usage, create on schema bullmq to messaging_app;
grant select, insert, update, delete on all tables in schema bullmq to messaging_app;
grant usage, select, update on all sequences in schema bullmq to messaging_app;
alter default privileges for role messaging_migrator in schema bullmq
  grant select, insert, update, delete on tables to messaging_app;
alter default privileges for role messaging_migrator in schema bullmq
  grant usage, select, update on sequences to messaging_app;
