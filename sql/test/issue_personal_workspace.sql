-- A login with a personal workspace whose membership was removed could not change its address: the trigger tried to make
-- a second workspace of the same slug.
begin;
select plan(4);

insert into auth.users (id, email, email_confirmed_at) values ('00000000-0000-4000-8000-00000000cafe', 'p@example.test', now());
select is((select count(*)::int from mls.user_profiles where id = '00000000-0000-4000-8000-00000000cafe'), 1,
          'sign-up makes a membership');
delete from mls.user_profiles where id = '00000000-0000-4000-8000-00000000cafe';
select lives_ok($$ update auth.users set email = 'q@example.test' where id = '00000000-0000-4000-8000-00000000cafe' $$,
                'the address can be changed');
select is((select p.role from mls.user_profiles p join mls.workspaces w on w.id = p.workspace_id
           where p.id = '00000000-0000-4000-8000-00000000cafe' and w.slug = 'personal-0000000000004000800000000000cafe'), 'admin',
          'and the login is back in its own workspace');
select is((select count(*)::int from mls.workspaces where slug like 'personal-0000000000004000800000000000cafe%'), 1,
          'of which there is one');

select * from finish();
rollback;
