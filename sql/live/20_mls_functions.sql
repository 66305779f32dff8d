-- What mls can do: defaults of a workspace, soft delete of listings. Mappings: 25_mls_mappings.sql.
-- Functions take the workspace last; it is the caller's own unless a worker or the service role names another.

-- May be called again at any time: it adds what is missing and changes nothing.
create or replace function mls.install_defaults(workspace uuid default plat.ws()) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  insert into mls.field_mappings (workspace_id, provider, version, is_active, mapping)
    select workspace, p.name, 1, true, mls.default_mapping()
      from unnest(array['bridge', 'reso']) p (name)
      where not exists (select from mls.field_mappings m where m.workspace_id = workspace and m.provider = p.name)
    on conflict do nothing;
  insert into mls.compliance_profiles (workspace_id) values (workspace) on conflict do nothing;
end $$;
comment on function mls.install_defaults(uuid) is 'Gives a workspace the default field mappings and an empty compliance profile.';
revoke all on function mls.install_defaults(uuid) from public;
grant execute on function mls.install_defaults(uuid) to service_role, plat_worker;

-- Soft delete. An agent may take a listing away but not look at it afterwards, which a plain UPDATE under row level security
-- does not allow, so this one runs as the owner and asks for the role itself.
create or replace function mls.deactivate_listing(listing uuid, reason text default 'manual', workspace uuid default plat.ws())
  returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  free_hand constant boolean := current_setting('role') in ('none', 'service_role', 'plat_worker');
begin
  if not free_hand and not (plat.has_role('mls.admin') or plat.has_role('mls.agent')) then
    raise exception using errcode = 'PT403', message = 'only agents and admins of the workspace deactivate listings';
  end if;
  update mls.listings l set is_active = false, deactivated_reason = reason
    where l.workspace_id = workspace and l.id = listing and l.is_active and (free_hand or workspace = plat.ws());
  if not found then
    raise exception using errcode = 'PT404', message = format('there is no active listing %s', listing);
  end if;
end $$;
comment on function mls.deactivate_listing(uuid, text, uuid) is 'Soft-deletes a listing: from now on only admins see it.';
revoke all on function mls.deactivate_listing(uuid, text, uuid) from public;
grant execute on function mls.deactivate_listing(uuid, text, uuid) to authenticated, service_role, plat_worker;

create or replace function mls.restore_listing(listing uuid, workspace uuid default plat.ws()) returns void
  language plpgsql volatile
  set search_path = ''
as $$
begin
  update mls.listings l set is_active = true where l.workspace_id = workspace and l.id = listing and not l.is_active;
  if not found then
    raise exception using errcode = 'PT404', message = format('there is no inactive listing %s', listing);
  end if;
end $$;
comment on function mls.restore_listing(uuid, uuid) is 'Undoes mls.deactivate_listing(); admins only, by the policies of mls.listings.';
revoke all on function mls.restore_listing(uuid, uuid) from public;
grant execute on function mls.restore_listing(uuid, uuid) to authenticated, service_role, plat_worker;

create or replace function mls.purge_listing(listing uuid, workspace uuid default plat.ws()) returns void
  language plpgsql volatile
  set search_path = ''
as $$
begin
  delete from mls.listings l where l.workspace_id = workspace and l.id = listing and not l.is_active;
  if not found then
    raise exception using errcode = 'PT404', message = format('there is no inactive listing %s (only those can be purged)', listing);
  end if;
end $$;
comment on function mls.purge_listing(uuid, uuid) is 'Deletes a deactivated listing with its media, photos, events and favourites; admins only.';
revoke all on function mls.purge_listing(uuid, uuid) from public;
grant execute on function mls.purge_listing(uuid, uuid) to authenticated, service_role, plat_worker;

-- The payload may hold what the public must never see (private remarks, showing instructions, owners' names), and a grant on a
-- column cannot tell an agent from a client. So no login reads mls.listings.raw; agents and admins ask here.
create or replace function mls.listing_raw(listing uuid) returns jsonb
  language sql stable security definer
  set search_path = ''
  begin atomic
    select l.raw from mls.listings l
      where l.workspace_id = plat.ws() and l.id = listing
        and (plat.has_role('mls.admin') or (l.is_active and plat.has_role('mls.agent')));
  end;
comment on function mls.listing_raw(uuid) is 'The payload of a listing as the source sent it; for agents and admins.';
revoke all on function mls.listing_raw(uuid) from public;
grant execute on function mls.listing_raw(uuid) to authenticated, service_role, plat_worker;

-- The old primary goes first: the unique index would refuse two, even for the length of one statement.
create or replace function mls.set_primary_photo(photo uuid, workspace uuid default plat.ws()) returns void
  language plpgsql volatile
  set search_path = ''
as $$
declare
  listing uuid;
begin
  select p.listing_id into listing from mls.listing_photos p where p.workspace_id = workspace and p.id = photo;
  if listing is null then
    raise exception using errcode = 'PT404', message = format('there is no photo %s', photo);
  end if;
  update mls.listing_photos p set is_primary = false
    where p.workspace_id = workspace and p.listing_id = listing and p.is_primary and p.id <> photo;
  update mls.listing_photos p set is_primary = true where p.workspace_id = workspace and p.id = photo;
  if not found then
    raise exception using errcode = 'PT403', message = 'only agents and admins of the workspace choose the primary photo';
  end if;
end $$;
comment on function mls.set_primary_photo(uuid, uuid) is 'Makes a photo the primary one of its listing instead of the one before.';
revoke all on function mls.set_primary_photo(uuid, uuid) from public;
grant execute on function mls.set_primary_photo(uuid, uuid) to authenticated, service_role, plat_worker;
