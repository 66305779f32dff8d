-- plat_worker does the background work of every module: all rows (it passes row level security) and all columns, secrets too.
-- What is made later by the same owner is granted by default, because this file is applied again only when its text changes.
do $$
declare
  s text;
begin
  foreach s in array array['auth', 'storage', 'mls', 'marketing', 'ops', 'org', 'crm', 'plat'] loop
    execute format('grant usage on schema %I to plat_worker', s);
    execute format('grant all on all tables in schema %I to plat_worker', s);
    execute format('grant all on all sequences in schema %I to plat_worker', s);
    execute format('grant execute on all routines in schema %I to plat_worker', s);
    execute format('alter default privileges in schema %I grant all on tables to plat_worker', s);
    execute format('alter default privileges in schema %I grant all on sequences to plat_worker', s);
    execute format('alter default privileges in schema %I grant execute on routines to plat_worker', s);
  end loop;
end $$;
