-- Mail: written in the transaction that wants it, filled in and sent by the job mail.send (src/mod/mail).
create or replace function plat.send_mail(template text, address text, data jsonb, workspace_id uuid default null) returns uuid
  language plpgsql volatile
  set search_path = ''
as $$
declare
  made uuid;
begin
  if send_mail.address is null or length(send_mail.address) not between 3 and 320
     or send_mail.address !~ '^[^[:cntrl:][:space:]<>@]+@[^[:cntrl:][:space:]<>@]+$' then
    raise exception using errcode = 'PT400', message = 'that is not a mail address';
  end if;
  insert into plat.mails (template, address, data, workspace_id)
    values (send_mail.template, send_mail.address, coalesce(send_mail.data, '{}'), send_mail.workspace_id)
    returning id into made;
  perform plat.enqueue('mail.send', jsonb_build_object('id', made), send_mail.workspace_id, made::text,
                       priority => 10, max_attempts => 10);
  return made;
end $$;
comment on function plat.send_mail(text, text, jsonb, uuid) is 'One mail to one address, from a template (docs/mail.md), when this transaction commits.';
revoke all on function plat.send_mail(text, text, jsonb, uuid) from public;
grant execute on function plat.send_mail(text, text, jsonb, uuid) to plat_worker;

create or replace function plat.forget_mails(keep interval default '30 days') returns bigint
  language sql volatile
  set search_path = ''
as $$
  with gone as (delete from plat.mails m where m.created_at < now() - keep returning m.id)
  select count(*) from gone;
$$;
comment on function plat.forget_mails(interval) is 'Deletes old mail.';
revoke all on function plat.forget_mails(interval) from public;
grant execute on function plat.forget_mails(interval) to plat_worker;

drop trigger if exists mail_templates_touch on plat.mail_templates;
create trigger mail_templates_touch before update on plat.mail_templates
  for each row execute function plat.touch_updated_at();
