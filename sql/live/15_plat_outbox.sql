-- The way into the outbox. Modules' triggers and functions call it; API roles have no grant on the table.
create or replace function plat.emit(topic text, key text, payload jsonb, workspace uuid default plat.ws()) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  if plat.uid() is not null and workspace is distinct from plat.ws() then
    raise exception using errcode = 'PT403', message = format('%s: a message can only be sent from the login''s own workspace', topic);
  end if;
  insert into plat.outbox (workspace_id, topic, key, payload) values (workspace, emit.topic, emit.key, emit.payload);
end $$;
comment on function plat.emit(text, text, jsonb, uuid) is 'Writes a message that leaves when the transaction commits.';
revoke all on function plat.emit(text, text, jsonb, uuid) from public;
grant execute on function plat.emit(text, text, jsonb, uuid) to authenticated, service_role, plat_worker;

drop trigger if exists outbox_refuse_move on plat.outbox;
create trigger outbox_refuse_move before update of workspace_id on plat.outbox
  for each row when (old.workspace_id is distinct from new.workspace_id) execute function plat.refuse_move();
