-- Rules of search keys (0024). Values are drawn, sealed and compared by the program: rows are written by it alone.

-- A revoked key stays revoked, and whom it shows what is for life: who was given it counts on that.
create or replace function mls.refuse_search_key_change() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  raise exception using errcode = 'PT409', message = 'a search key is not changed: make another one';
end $$;
revoke all on function mls.refuse_search_key_change() from public;
create or replace trigger search_keys_refuse_change before update on mls.search_keys
  for each row when ((old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at)
    or (old.audience, old.actions, old.collections, old.value_hash, old.expires_at)
       is distinct from (new.audience, new.actions, new.collections, new.value_hash, new.expires_at))
  execute function mls.refuse_search_key_change();
create or replace trigger search_keys_refuse_move before update of workspace_id on mls.search_keys
  for each row when (old.workspace_id is distinct from new.workspace_id) execute function plat.refuse_move();

revoke all on mls.search_keys from public, anon, authenticated, service_role;
grant select (id, workspace_id, description, audience, actions, collections, value_prefix, expires_at, revoked_at, last_used_at, created_by,
              created_at) on mls.search_keys to authenticated, service_role;
drop policy if exists search_keys_admins_select on mls.search_keys;
create policy search_keys_admins_select on mls.search_keys for select to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')));
