-- Sites: which host name is whose (0026), and what strangers are told of a workspace's market. docs/site.md

-- What a check found is the program's to write, not an admin's.
revoke insert on mls.workspace_domains from authenticated;
grant insert (id, workspace_id, domain, is_primary) on mls.workspace_domains to authenticated;

-- Another name has to be proven anew, with a token that nobody has published yet.
create or replace function mls.begin_domain_anew() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.verification_token := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
  new.verified_at := null;
  new.verified_by := null;
  new.checked_at := null;
  new.failing_since := null;
  new.failure := null;
  return new;
end $$;
create or replace trigger workspace_domains_begin_anew before update of domain on mls.workspace_domains
  for each row when (old.domain is distinct from new.domain) execute function mls.begin_domain_anew();

-- Servers remember for some seconds which workspace a host name is of, and what they told of it.
create or replace function mls.tell_sites() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if tg_op = 'TRUNCATE' then
    perform pg_notify('plat_site', '');
  end if;
  -- What moves is told to both workspaces.
  perform pg_notify('plat_site', x.told ->> tg_argv[0]) from (values (to_jsonb(old)), (to_jsonb(new))) x (told) where x.told is not null;
  return null;
end $$;
create or replace trigger workspace_domains_tell_sites after insert or update or delete on mls.workspace_domains
  for each row execute function mls.tell_sites('workspace_id');
create or replace trigger workspaces_tell_sites after update or delete on mls.workspaces
  for each row execute function mls.tell_sites('id');
create or replace trigger workspace_domains_tell_sites_of_all after truncate on mls.workspace_domains
  for each statement execute function mls.tell_sites();
create or replace trigger workspaces_tell_sites_of_all after truncate on mls.workspaces
  for each statement execute function mls.tell_sites();

-- The workspace of a host name, or of a slug while somebody tries a site out; none unless it is active.
create or replace function mls.find_site(host text, wanted_slug text)
  returns table (workspace_id uuid, slug text, name text)
  language sql stable security definer
  set search_path = ''
begin atomic
  select w.id, w.slug, w.name from mls.workspaces w
    where w.status = 'active'
      and w.id = coalesce((select d.workspace_id from mls.workspace_domains d where d.domain = host and d.verified_at is not null),
                          (select s.id from mls.workspaces s where s.slug = wanted_slug));
end;
comment on function mls.find_site(text, text) is 'For /site/v1: by verified domain; wanted_slug is null unless the request is of this machine.';

-- A domain still leads here when its brokerage has left it, and then our own file would prove it to whoever claims it next. So for 90 days
-- others need a record. The job that is queued meanwhile says so: it outlives the row.
create or replace function mls.hold_domain() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  insert into plat.jobs (name, payload, unique_key, run_at)
    values ('site.domain_free', jsonb_build_object('domain', old.domain, 'workspace_id', old.workspace_id),
            old.domain || ' ' || old.workspace_id, now() + interval '90 days')
    on conflict (name, unique_key) where unique_key is not null and status in ('queued', 'running')
      do update set run_at = excluded.run_at;
  return null;
end $$;
create or replace trigger workspace_domains_hold_lost after update of domain, verified_at on mls.workspace_domains
  for each row when (old.verified_at is not null and (new.verified_at is null or new.domain is distinct from old.domain))
  execute function mls.hold_domain();
create or replace trigger workspace_domains_hold_deleted after delete on mls.workspace_domains
  for each row when (old.verified_at is not null) execute function mls.hold_domain();

create or replace function mls.domain_wants_record(host text, workspace uuid) returns boolean
  language sql stable security definer
  set search_path = ''
begin atomic
  select exists (select from mls.workspace_domains o where o.domain = host and o.workspace_id <> workspace and o.verified_at is not null)
      or exists (select from plat.jobs j
                   where j.name = 'site.domain_free' and j.status = 'queued' and starts_with(j.unique_key, host || ' ')
                     and j.unique_key <> host || ' ' || workspace and j.run_at > now());
end;
comment on function mls.domain_wants_record(text, uuid) is 'Another workspace has the domain, or had it within 90 days: no file proves it.';

-- What /.well-known/plat-verify.txt answers. Two claims: the file would prove both, so there is none; a TXT record tells them apart. Who has
-- the domain, or had it last, keeps the file, or anybody's claim would end their proof.
create or replace function mls.domain_file(host text) returns text
  language sql stable security definer
  set search_path = ''
begin atomic
  select min(d.verification_token) from mls.workspace_domains d
    where d.domain = host
      and (d.verified_at is not null or not mls.domain_wants_record(host, d.workspace_id))
    having count(*) = 1;
end;

-- What a check of one domain found. Good: whoever else had it does not any more (the caller has looked at their proof: domain_rivals).
-- Bad: a verified one stays so for three days, in which it is looked at again. Answers whether the domain is verified now.
create or replace function mls.note_domain_check(id uuid, found_by text, problem text) returns boolean
  language plpgsql security definer
  set search_path = ''
as $$
declare
  d mls.workspace_domains;
begin
  select * into d from mls.workspace_domains w where w.id = note_domain_check.id for update;
  if not found then
    raise exception using errcode = 'PT404', message = 'the domain is gone';
  end if;
  if found_by is not null then
    if exists (select from mls.workspace_domains o where o.domain = d.domain and o.verified_at is not null and o.id <> d.id) then
      raise exception using errcode = 'PT409', message = format('%s is verified by another workspace', d.domain);
    end if;
    if found_by <> 'dns' and mls.domain_wants_record(d.domain, d.workspace_id) then
      raise exception using errcode = 'PT409', message = format('%s was another workspace''s: a TXT record has to prove it', d.domain);
    end if;
    update mls.workspace_domains w
      set verified_at = coalesce(w.verified_at, now()), verified_by = found_by, checked_at = now(), failing_since = null, failure = null
      where w.id = d.id;
    return true;
  end if;
  update mls.workspace_domains w
    set checked_at = now(), failing_since = coalesce(w.failing_since, now()), failure = left(problem, 1000),
        verified_at = case when w.failing_since > now() - interval '3 days' or w.failing_since is null then w.verified_at end,
        verified_by = case when w.failing_since > now() - interval '3 days' or w.failing_since is null then w.verified_by end
    where w.id = d.id;
  return exists (select from mls.workspace_domains w where w.id = d.id and w.verified_at is not null);
end $$;

-- The domain is another workspace's now: its owner proved that, and the proof of this one is gone.
create or replace function mls.lose_domain(id uuid, problem text) returns void
  language sql security definer
  set search_path = ''
begin atomic
  update mls.workspace_domains w
    set verified_at = null, verified_by = null, checked_at = now(), failing_since = coalesce(w.failing_since, now()),
        failure = left(problem, 1000)
    where w.id = lose_domain.id;
end;

-- Those to look at again: weekly, and every six hours while the proof is missing.
create or replace function mls.due_domains() returns setof uuid
  language sql stable security definer
  set search_path = ''
begin atomic
  select d.id from mls.workspace_domains d
    where d.verified_at is not null
      and d.checked_at < now() - case when d.failing_since is null then interval '7 days' else interval '6 hours' end
    order by d.checked_at;
end;

-- --- what a site shows: everything about a listing is mls.displayed()'s; here is which ones -------------------------------------------

-- Workspaces with listings that a snapshot did not see as they are now. A stamp that no transaction of this server has given yet came with a
-- dump: such rows are not new, or they would be at each look.
create or replace function mls.sites_changed_since(seen text) returns setof uuid
  language sql stable security definer rows 1
  set search_path = ''
begin atomic
  select l.workspace_id from mls.listings l
    where l.changed_xid >= pg_snapshot_xmin(seen::pg_snapshot) and l.changed_xid < pg_snapshot_xmax(pg_current_snapshot())
      and not pg_visible_in_snapshot(l.changed_xid, seen::pg_snapshot)
  union
  select r.workspace_id from mls.listing_removals r
    where r.changed_xid >= pg_snapshot_xmin(seen::pg_snapshot) and r.changed_xid < pg_snapshot_xmax(pg_current_snapshot())
      and not pg_visible_in_snapshot(r.changed_xid, seen::pg_snapshot);
end;
comment on function mls.sites_changed_since(text) is 'A snapshot is pg_current_snapshot() of an earlier call.';

-- What the end of a URL may mean: an id, or MLS numbers in the order in which they are preferred.
create or replace function mls.find_listing(workspace uuid, wanted uuid, numbers text[]) returns uuid[]
  language sql stable security definer
  set search_path = ''
begin atomic
  select array(
    select l.id from mls.listings l, mls.compliance_profiles p
      where p.workspace_id = workspace and l.workspace_id = workspace
        and (l.id = wanted or (l.mls_number = any (numbers) and 'mls_number' <> all (p.hidden_fields)))
        and mls.is_displayed(l, p)
      order by array_position(numbers, l.mls_number), l.modification_ts desc nulls last, l.id limit 1);
end;

-- Homes that who looks at this one may like: of its kind, in its city, for about its price. Nearer is better in price (twice), size, rooms,
-- neighbourhood. Where a listing lies on the map plays no part: that may be hidden. Nor does what the profile hides: which ones are found,
-- and in which order, would tell it.
create or replace function mls.similar_listings(workspace uuid, listing uuid, most integer) returns uuid[]
  language sql stable security definer
  set search_path = ''
begin atomic
  select array(
    select l.id from mls.compliance_profiles p
      join mls.listings me on me.workspace_id = p.workspace_id and me.id = listing
      join mls.listings l on l.workspace_id = p.workspace_id and l.city = me.city and l.id <> me.id
      cross join lateral (select
        case when 'list_price' <> all (p.hidden_fields) then greatest(me.list_price, 1)::double precision end as my_price,
        case when 'list_price' <> all (p.hidden_fields) then greatest(l.list_price, 1)::double precision end as price,
        case when 'living_area_sqft' <> all (p.hidden_fields) then ln(greatest(l.living_area_sqft, 1)::double precision / greatest(me.living_area_sqft, 1)) end as size,
        case when 'bedrooms' <> all (p.hidden_fields) then l.bedrooms - me.bedrooms end as bedrooms,
        case when 'bathrooms' <> all (p.hidden_fields) then l.bathrooms - me.bathrooms end as bathrooms,
        'postal_code' <> all (p.hidden_fields) and l.postal_code = me.postal_code as is_near,
        'subdivision' <> all (p.hidden_fields) and l.subdivision = me.subdivision as is_beside) x
      where p.workspace_id = workspace and 'city' <> all (p.hidden_fields) and mls.is_displayed(me, p) and mls.is_displayed(l, p)
        and ('standard_status' = any (p.hidden_fields) or l.standard_status in ('Active', 'Active Under Contract', 'Coming Soon'))
        and ('property_type' = any (p.hidden_fields) or l.property_type is not distinct from me.property_type)
        and ('list_price' = any (p.hidden_fields) or me.list_price is null or l.list_price between me.list_price * 0.65 and me.list_price * 1.35)
      order by coalesce(2 * abs(ln(x.price / x.my_price)), 1) + coalesce(abs(x.size), 1)
             + coalesce(0.25 * abs(x.bedrooms), 0.5) + coalesce(0.15 * abs(x.bathrooms), 0.3)
             + case when x.is_near then 0 else 0.3 end + case when x.is_beside then 0 else 0.2 end, l.id
      limit most);
end;

-- By what is not hidden: the others would tell it by being there, and by their order.
create or replace function mls.newest_listings(workspace uuid, most integer) returns uuid[]
  language sql stable security definer
  set search_path = ''
begin atomic
  select array(
    select l.id from mls.compliance_profiles p join mls.listings l on l.workspace_id = p.workspace_id
      where p.workspace_id = workspace and mls.is_displayed(l, p)
        and ('standard_status' = any (p.hidden_fields) or l.standard_status in ('Active', 'Coming Soon'))
      order by case when 'list_date' <> all (p.hidden_fields) then l.list_date end desc nulls last, l.created_at desc, l.id limit most);
end;

-- 455,250 as 455000: what one listing more or less moves stays hidden in the rest.
create or replace function mls.three_digits(exact double precision) returns numeric
  language sql immutable strict parallel safe
return case when exact >= 1 then round(exact::numeric, 2 - floor(log(exact::numeric))::integer) else round(exact::numeric) end;

-- Medians and counts of an area, and of months, of what may be displayed and of nothing else. Five at least stand behind every row and every
-- median, and medians have three digits, so that none is any one listing's, nor the difference between two of them.
create or replace function mls.market(workspace uuid, area text, months integer, of_city text, of_postal_code text, of_subdivision text,
                                      of_property_type text)
  returns table (kind text, name text, active bigint, pending bigint, closed bigint, median_list_price numeric,
                 median_days_on_market numeric, median_close_price numeric)
  language sql stable security definer
  set search_path = ''
begin atomic
  with rows as (
    select case when area <> all (p.hidden_fields) then
             case area when 'city' then l.city when 'postal_code' then l.postal_code when 'subdivision' then l.subdivision end end as place,
           case when 'standard_status' <> all (p.hidden_fields) then
             case l.standard_status when 'Active' then 'active' when 'Coming Soon' then 'active' when 'Closed' then 'closed'
               else 'pending' end end as status,
           case when 'standard_status' <> all (p.hidden_fields)
                     and case l.standard_status when 'Closed' then 'close_date' else 'list_date' end <> all (p.hidden_fields) then
             to_char(date_trunc('month', case l.standard_status when 'Closed' then l.close_date else l.list_date end), 'YYYY-MM') end as month,
           case when 'list_price' <> all (p.hidden_fields) then l.list_price end as list_price,
           case when 'close_price' <> all (p.hidden_fields) and 'standard_status' <> all (p.hidden_fields) and l.standard_status = 'Closed' then l.close_price end as close_price,
           case when 'list_date' <> all (p.hidden_fields) and 'standard_status' <> all (p.hidden_fields)
                     and (l.standard_status <> 'Closed' or 'close_date' <> all (p.hidden_fields)) then
             greatest(case l.standard_status when 'Closed' then l.close_date else (now() at time zone 'UTC')::date end - l.list_date, 0) end
             as days
      from mls.compliance_profiles p join mls.listings l on l.workspace_id = p.workspace_id
      where p.workspace_id = workspace
        and mls.is_displayed(l, p)
        and (l.standard_status <> 'Closed'
             or l.close_date >= date_trunc('month', now() at time zone 'UTC')::date - make_interval(months => months - 1))
        and (of_city is null or (l.city = of_city and 'city' <> all (p.hidden_fields)))
        and (of_postal_code is null or (l.postal_code = of_postal_code and 'postal_code' <> all (p.hidden_fields)))
        and (of_subdivision is null or (l.subdivision = of_subdivision and 'subdivision' <> all (p.hidden_fields)))
        and (of_property_type is null or (l.property_type = of_property_type and 'property_type' <> all (p.hidden_fields)))),
  groups as (
    select case when grouping(r.place) = 0 then 'area' when grouping(r.month) = 0 then 'month' else 'all' end as kind,
           coalesce(r.place, r.month) as name,
           case when count(r.status) > 0 then count(*) filter (where r.status = 'active') end as active,
           case when count(r.status) > 0 then count(*) filter (where r.status = 'pending') end as pending,
           case when count(r.status) > 0 then count(*) filter (where r.status = 'closed') end as closed,
           count(r.list_price) as prices, count(r.days) as spans, count(r.close_price) as closings, count(*) as n,
           percentile_cont(0.5) within group (order by r.list_price) as list_price,
           percentile_cont(0.5) within group (order by r.days) as days,
           percentile_cont(0.5) within group (order by r.close_price) as close_price
      from rows r group by grouping sets ((), (r.place), (r.month)))
  select g.kind, g.name, g.active, g.pending, g.closed,
         mls.three_digits(case when g.prices >= 5 then g.list_price end),
         mls.three_digits(case when g.spans >= 5 then g.days end),
         mls.three_digits(case when g.closings >= 5 then g.close_price end)
    from groups g
    where g.n >= 5 and (g.kind = 'all' or g.name is not null)
      and (g.kind <> 'month' or g.name >= to_char(date_trunc('month', now() at time zone 'UTC') - make_interval(months => months - 1), 'YYYY-MM'))
    order by g.kind, case when g.kind = 'month' then g.name end, g.n desc, g.name limit 1000;
end;
comment on function mls.market(uuid, text, integer, text, text, text, text) is
  'kind: all; area (name: the city, postal code or subdivision); month (name: YYYY-MM, of the close or else of the listing).';

-- Pages of a site in the order of their ids: the first one of each part of so many, and those of a part.
create or replace function mls.site_page_starts(workspace uuid, many integer) returns setof uuid
  language sql stable security definer
  set search_path = ''
begin atomic
  select x.id from (
    select l.id, row_number() over (order by l.id) as n from mls.compliance_profiles p join mls.listings l on l.workspace_id = p.workspace_id
      where p.workspace_id = workspace and mls.is_displayed(l, p)) x
    where x.n % many = 1 order by x.n;
end;

-- With what a slug is made of, as mls.displayed() would show it.
create or replace function mls.site_pages(workspace uuid, first uuid, after uuid, most integer)
  returns table (id uuid, mls_number text, street_number text, street_name text, unit_number text, address_full text, city text, state text,
                 postal_code text, updated_at timestamptz)
  language sql stable security definer
  set search_path = ''
begin atomic
  select l.id, case when 'mls_number' <> all (p.hidden_fields) then l.mls_number end,
         case when mls.is_address_displayed(l) and 'street_number' <> all (p.hidden_fields) then l.street_number end,
         case when mls.is_address_displayed(l) and 'street_name' <> all (p.hidden_fields) then l.street_name end,
         case when mls.is_address_displayed(l) and 'unit_number' <> all (p.hidden_fields) then l.unit_number end,
         case when mls.is_address_displayed(l) and 'address_full' <> all (p.hidden_fields) then l.address_full end,
         case when 'city' <> all (p.hidden_fields) then l.city end, case when 'state' <> all (p.hidden_fields) then l.state end,
         case when 'postal_code' <> all (p.hidden_fields) then l.postal_code end, l.updated_at
    from mls.compliance_profiles p join mls.listings l on l.workspace_id = p.workspace_id
    where p.workspace_id = workspace and l.id >= coalesce(after, first) and l.id is distinct from after and mls.is_displayed(l, p)
    order by l.id limit most;
end;

do $$
declare
  f regprocedure;
begin
  for f in select p.oid from pg_proc p where p.pronamespace = 'mls'::regnamespace
             and p.proname in ('begin_domain_anew', 'hold_domain', 'domain_wants_record', 'three_digits', 'tell_sites', 'find_site',
                               'domain_file', 'note_domain_check', 'lose_domain', 'due_domains',
                               'sites_changed_since', 'find_listing', 'similar_listings', 'newest_listings', 'market',
                               'site_page_starts', 'site_pages')
  loop
    execute format('revoke all on function %s from public, anon, authenticated, service_role', f);
    execute format('grant execute on function %s to plat_worker', f);
  end loop;
end $$;
