-- Mail: a row and its job, in one transaction.
begin;
select no_plan();
set local role plat_worker;

create temporary table made as select plat.send_mail('confirmation', 'Ada.L+x@example.org', '{"Token": "123"}') as id;
select is((select (m.template, m.address, m.status, m.data)::text from plat.mails m join made using (id)),
  (select ('confirmation', 'Ada.L+x@example.org', 'queued', '{"Token": "123"}'::jsonb)::text), 'a mail is written');
select is((select count(*)::int from plat.jobs j join made m on j.payload = jsonb_build_object('id', m.id)
             where j.name = 'mail.send' and j.status = 'queued'), 1, 'with its job');
select ok(plat.send_mail('confirmation', 'ada@example.org', null) is not null, 'data may be absent');
select throws_ok(format('select plat.send_mail(%L, %L, %L)', 'confirmation', address, '{}'), 'PT400', 'that is not a mail address', why)
  from (values ('', 'no address'), ('ada', 'a name alone'), (e'a@example.org\nBcc: b@example.org', 'a line break'),
               ('a@b@example.org', 'two of them'), ('<a@example.org>', 'brackets'), ('a b@example.org', 'a space'),
               (repeat('a', 320) || '@example.org', 'too long')) v (address, why);
select throws_ok($$ select plat.send_mail('confirmation', null, '{}') $$, 'PT400', null, 'null');

insert into plat.mail_templates (name, subject, text_body) values ('invite', 'Hello', 'Come');
select throws_ok($$ insert into plat.mail_templates (name, subject, text_body) values ('invite', 'Hello', 'Come') $$, '23505', null,
  'a template is replaced once for everybody');
select throws_ok($$ insert into plat.mail_templates (name, subject, text_body) values ('x', e'a\r\nBcc: b', 'Come') $$, '23514', null,
  'a subject is one line');
update plat.mails set created_at = now() - interval '31 days', status = 'outbox' where id = (select id from made);
select is(plat.forget_mails(), 1::bigint, 'old mail is deleted');

reset role;
select throws_ok($$ set local role authenticated; select plat.send_mail('invite', 'a@example.org', '{}') $$, '42501', null, 'API roles send nothing');
reset role;
select * from finish();
rollback;
