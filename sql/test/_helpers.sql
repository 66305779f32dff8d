-- What every SQL test stands on. Loaded once into the test database, after the migrations and live files and before pg_prove;
-- the files _helpers_<module>.sql are loaded after this one.
--
--   select tests.two_tenants();                       workspaces A and B with a login for each mls role: a_admin a_agent a_agent2
--                                                     a_client a_client2 b_admin b_agent b_client, and drifter, of no workspace
--   select tests.add_login('a_boss', 'a', 'agent');   one more login
--   tests.id('a_admin'), tests.put('listing', id)     names of ids, also for rows that a test makes; tests.ws('a')
--   select tests.login(tests.id('a_admin'));          from here on as that person; login_anon, login_service, login_worker, logout
--   select tests.expect('a_agent', 'delete from mls.listings', '0', 'agents delete none');
--                                                     one statement as somebody, always undone again, one line of TAP
create extension if not exists pgtap;
drop schema if exists tests cascade;
create schema tests;
grant usage on schema tests to public;

create table tests.names (name text primary key, id uuid not null);
grant select, insert on tests.names to public;

-- Names are for the test's own lines; every login may read them.
create function tests.id(wanted text) returns uuid language plpgsql stable as $$
declare
  found_id uuid := (select n.id from tests.names n where n.name = wanted);
begin
  if found_id is null then
    raise exception 'tests.id: nothing is called %', wanted;
  end if;
  return found_id;
end $$;

create function tests.put(name text, id uuid) returns uuid language sql as $$
  insert into tests.names values (name, id) returning id;
$$;

create function tests.ws(letter text) returns uuid language sql stable as $$ select tests.id('ws_' || letter) $$;

create function tests.make_user(email text, id uuid default gen_random_uuid()) returns uuid language sql as $$
  insert into auth.users (id, email, aud, role) values (id, email, 'authenticated', 'authenticated') returning id;
$$;

create function tests.make_workspace(slug text, id uuid default gen_random_uuid()) returns uuid language sql as $$
  insert into mls.workspaces (id, slug, name) values (id, slug, initcap(slug)) returning id;
$$;

create function tests.join_workspace(login uuid, workspace uuid, role text) returns void language sql as $$
  insert into mls.user_profiles (id, workspace_id, role) values (login, workspace, role)
    on conflict (id) do update set workspace_id = excluded.workspace_id, role = excluded.role;
$$;

-- Ids are made from the names, so that a failing test prints the same ones each time.
create function tests.add_login(name text, letter text, role text) returns uuid language plpgsql as $$
declare
  made uuid := tests.make_user(name || '@example.org', md5(name)::uuid);
begin
  if letter is not null then
    perform tests.join_workspace(made, tests.ws(letter), role);
  else
    delete from mls.user_profiles where id = made;
  end if;
  return tests.put(name, made);
end $$;

create function tests.two_tenants() returns void language plpgsql as $$
declare
  letter text;
begin
  foreach letter in array array['a', 'b'] loop
    perform tests.put('ws_' || letter, tests.make_workspace('tenant-' || letter, md5('tenant-' || letter)::uuid));
    perform tests.add_login(letter || '_admin', letter, 'admin'), tests.add_login(letter || '_agent', letter, 'agent'),
            tests.add_login(letter || '_client', letter, 'client');
  end loop;
  perform tests.add_login('a_agent2', 'a', 'agent'), tests.add_login('a_client2', 'a', 'client'),
          tests.add_login('drifter', null, null);
end $$;

-- A request begins: what the server's preamble does, in the same order.
create function tests.begin_as(db_role text, login uuid) returns void language plpgsql as $$
begin
  perform set_config('role', 'none', true);
  perform plat.enter(login);
  perform set_config('request.jwt.claims', json_build_object('sub', login, 'role', db_role,
            'email', (select u.email from auth.users u where u.id = login))::text, true);
  perform set_config('role', db_role, true);
end $$;

create function tests.login(login uuid) returns void language sql as $$ select tests.begin_as('authenticated', login) $$;
create function tests.login_anon() returns void language sql as $$ select tests.begin_as('anon', null) $$;

-- With a workspace, its rows get that workspace by default; without, the statement names it.
create function tests.login_service(workspace uuid default null) returns void language plpgsql as $$
begin
  perform tests.begin_as('service_role', null), set_config('plat.me', '|' || coalesce(workspace::text, ''), true);
end $$;

create function tests.login_worker(workspace uuid default null) returns void language plpgsql as $$
begin
  perform tests.begin_as('plat_worker', null), set_config('plat.me', '|' || coalesce(workspace::text, ''), true);
end $$;

-- Back to the owner of the database.
create function tests.logout() returns void language plpgsql as $$
begin
  perform set_config('role', 'none', true);
  perform plat.enter(null), set_config('request.jwt.claims', '', true);
end $$;

-- Who: a name of tests.names, anon, service, worker (both in workspace A), or owner.
create function tests.login_name(who text) returns void language plpgsql as $$
begin
  case who
    when 'anon' then perform tests.login_anon();
    when 'service' then perform tests.login_service(tests.ws('a'));
    when 'worker' then perform tests.login_worker(tests.ws('a'));
    when 'owner' then perform tests.logout();
    else perform tests.login(tests.id(who));
  end case;
end $$;

-- Runs one statement as somebody and undoes it, whatever it did; what it needs is set up by the owner `before`. Answers the
-- number of rows, or sqlstate and message.
create function tests.try(who text, statement text, before text default null) returns text language plpgsql as $$
declare
  n bigint;
begin
  if before is not null then
    perform tests.logout();
    execute before;
  end if;
  perform tests.login_name(who);
  execute statement;
  get diagnostics n = row_count;
  set constraints all immediate;
  raise exception using errcode = 'TRIED', message = n::text;
exception
  when sqlstate 'TRIED' then return sqlerrm;
  when others then return sqlstate || ' ' || sqlerrm;
end $$;

-- want: a number of rows ('0', '1'), 'ok' for any number, '>0' for at least one, or an sqlstate ('42501', 'PT409'), to which
-- a part of the message may be added ('PT409 cannot go from').
create function tests.expect(who text, statement text, want text, description text default null, before text default null)
  returns text language plpgsql as $$
declare
  got text := tests.try(who, statement, before);
  label text := coalesce(description, format('%s: %s', who, regexp_replace(statement, '\s+', ' ', 'g')));
  good boolean := case
    when want = 'ok' then got ~ '^\d+$'
    when want = '>0' then got ~ '^[1-9]\d*$'
    when want ~ '^\d{1,4}$' then got = want
    else left(got, 5) = left(want, 5) and position(btrim(substr(want, 6)) in got) > 0 and got !~ '^\d+$'
  end;
begin
  return ok(good, label) || case when good then ''
    else E'\n' || diag(format(E'as %s: %s\nwant: %s\n got: %s', who, statement, want, got)) end;
end $$;

-- One statement held against several: expect_each('delete from mls.listings', 'a_admin 2, a_agent 0, anon 42501').
create function tests.expect_each(statement text, wants text, description text default null) returns setof text
  language sql as $$
  select tests.expect(split_part(btrim(w), ' ', 1), statement, btrim(substr(btrim(w), 1 + strpos(btrim(w), ' '))),
                      format('%s: %s', split_part(btrim(w), ' ', 1), coalesce(description, statement)))
    from regexp_split_to_table(wants, ',') with ordinality t(w, n) order by n;
$$;

-- The plan of a statement as somebody, for tests that hold its shape.
create function tests.plan_of(who text, statement text) returns text language plpgsql as $$
declare
  line text;
  plan text := '';
begin
  begin
    perform tests.login_name(who);
    for line in execute 'explain (costs off) ' || statement loop
      plan := plan || line || E'\n';
    end loop;
    raise exception using errcode = 'TRIED';
  exception when sqlstate 'TRIED' then
    -- What statements of its own give; later servers say (InitPlan 1).col1 instead of $0.
    return regexp_replace(plan, '\(InitPlan (\d)\)\.col1', '$\1', 'g');
  end;
end $$;
