-- Soft delete of operations: delete, restore, purge, for each kind of row: who may, what goes along, what comes back.
begin;
select * from no_plan();
select tests.two_tenants();
select tests.ops();
select tests.add_staff('a_extra', 'a', 'support'), tests.add_staff('a_extra_gone', 'a', 'support'),
       tests.add_realtor('a_realtor3', 'a'), tests.add_realtor('a_realtor_gone', 'a');
update ops.staff set deleted_at = now() where staff_id = 'a_extra_gone';
update ops.realtors set deleted_at = now() where realtor_id = 'a_realtor_gone';

-- Who may.
create temp table kinds (noun, live, gone, table_name, key, deleters, admins) as values
  ('listing', 'a_file', 'a_gone', 'listings', 'listing_id', array['a_boss', 'a_operations'], array['a_boss']),
  ('activity', 'a_both', 'a_lost', 'activities', 'task_id', array['a_boss', 'a_operations'], array['a_boss']),
  ('agent_task', 'a_stray', 'a_stray_gone', 'agent_tasks', 'task_id', array['a_boss', 'a_operations'], array['a_boss']),
  ('staff', 'a_extra', 'a_extra_gone', 'staff', 'staff_id', array['a_boss', 'a_admin'], array['a_boss', 'a_admin']),
  ('realtor', 'a_realtor3', 'a_realtor_gone', 'realtors', 'realtor_id', array['a_boss', 'a_admin'], array['a_boss', 'a_admin']);
grant select on kinds to public;
-- An activity comes back when its listing is there.
insert into ops.activities (workspace_id, task_id, listing_id, name, task_category) values (tests.ws('a'), 'a_lost2', 'a_file', 'N', 'OTHER');
update ops.activities set deleted_at = now() where task_id = 'a_lost2';
update kinds set gone = 'a_lost2' where noun = 'activity';
select tests.expect(who, format('select ops.%s_%s(%L)', deed, noun, case deed when 'delete' then live else gone end),
                    case when who in ('service', 'worker') or who = any (case deed when 'delete' then deleters else admins end) then '1'
                         when who = 'anon' then '42501'
                         when who = 'b_boss' then 'PT404'
                         else 'PT403 must be' end, format('%s: %s %s', who, deed, noun))
  from kinds, unnest(array['delete', 'restore', 'purge']) deed,
       unnest(array['a_boss', 'a_operations', 'a_marketing', 'a_support', 'a_realtor', 'a_admin', 'a_agent', 'a_client', 'drifter', 'b_boss', 'anon',
                    'service', 'worker']) who
  where not (who = 'drifter' and noun in ('staff', 'realtor'));
select tests.expect('a_boss', format('select ops.%s_%s(%L)', deed, noun, case deed when 'delete' then gone else live end),
                    case deed when 'delete' then 'PT409 is already deleted' else 'PT409 is not deleted' end, format('%s twice: %s', deed, noun))
  from kinds, unnest(array['delete', 'restore', 'purge']) deed;
select tests.expect('a_boss', format('select ops.%s_%s(''nothing'')', deed, noun), 'PT404 there is no ' || replace(noun, '_', ' '), format('%s nothing: %s', deed, noun))
  from kinds, unnest(array['delete', 'restore', 'purge']) deed;

-- Deleted: hidden from all but admins, with stamp and name.
create function pg_temp.look(who text, statement text) returns bigint language plpgsql as $$
declare
  n bigint;
begin
  perform tests.login_name(who);
  execute statement;
  get diagnostics n = row_count;
  perform tests.logout();
  return n;
end $$;
select tests.login(tests.id('a_boss'));
select ops.delete_activity('a_agent_side'), ops.delete_agent_task('a_stray2');
select ops.delete_staff('a_extra'), ops.delete_realtor('a_realtor3');
select tests.login(tests.id('a_operations'));
select ops.delete_listing('a_file');
select tests.logout();
select is((deleted_at is not null, deleted_by)::text, '(t,a_operations)', 'a listing''s stamp') from ops.listings where listing_id = 'a_file';
select is((deleted_at is not null, deleted_by)::text, '(t,a_boss)', 'an activity''s stamp') from ops.activities where task_id = 'a_agent_side';
select is((deleted_at is not null, deleted_by)::text, '(t,a_boss)', 'a member of staff''s stamp') from ops.staff where staff_id = 'a_extra';
select is((deleted_at is not null, deleted_by)::text, '(t,a_boss)', 'a realtor''s stamp') from ops.realtors where realtor_id = 'a_realtor3';
select is(pg_temp.look(who, format('select from ops.%s where %s = %L', table_name, key, id)), want::bigint, format('%s sees deleted %s %s', who, noun, id))
  from (values ('listing', 'a_file'), ('activity', 'a_agent_side'), ('agent_task', 'a_stray2'), ('staff', 'a_extra'), ('realtor', 'a_realtor3')) d (n, id)
  join kinds on noun = n, (values ('a_boss', 1), ('a_operations', 0), ('a_marketing', 0), ('a_realtor', 0), ('a_realtor2', 0), ('service', 1)) w (who, want);
select is(pg_temp.look('a_admin', 'select from ops.staff where staff_id = ''a_extra'''), 1::bigint, 'the workspace''s admin sees deleted staff');
select tests.expect('a_extra', 'select from ops.staff', '0', 'who was deleted is no staff any more');
select tests.expect('a_realtor3', 'select from ops.realtors', '0', 'nor realtor');

-- A listing takes its activities along, and brings back those it took; what was deleted before stays deleted.
select is((select count(*) from ops.activities where listing_id = 'a_file' and deleted_at is null), 0::bigint, 'the activities went along');
select tests.expect('a_boss', 'select ops.restore_activity(''a_both'')', 'PT409 belongs to is deleted', 'and none comes back alone');
select tests.login(tests.id('a_boss'));
select ops.restore_listing('a_file');
select is((select array_agg(task_id order by task_id) from ops.activities where listing_id = 'a_file' and deleted_at is null),
          array['a_both', 'a_marketing_side'], 'the listing brings them back, but not the one deleted before');
select is((select deleted_by from ops.listings where listing_id = 'a_file'), null, 'no name without stamp');
select ops.restore_activity('a_agent_side');
select isnt_empty($$ select from ops.activities where task_id = 'a_agent_side' and deleted_at is null $$, 'restored');
select ops.delete_realtor('a_realtor');
select is((select count(*) from ops.agent_tasks where realtor_id = 'a_realtor' and deleted_at is null), 0::bigint, 'a realtor takes their tasks along');
select throws_ok($$ select ops.restore_agent_task('a_stray') $$, 'PT409', 'what agent task a_stray belongs to is deleted; restore that first', 'none comes back alone');
select isnt_empty($$ select from ops.listings where listing_id = 'a_file' and deleted_at is null and realtor_id = 'a_realtor' $$, 'but no listing');
select ops.restore_realtor('a_realtor');
select is((select array_agg(task_id) from ops.agent_tasks where realtor_id = 'a_realtor' and deleted_at is null), array['a_stray'], 'and brings them back');

-- Purge: the documented rules of the keys.
select ops.delete_listing('a_file'), ops.delete_realtor('a_realtor'), ops.delete_staff('a_support');
select ops.purge_listing('a_file');
select tests.logout();
select is_empty($$ select from ops.activities where listing_id = 'a_file' $$, 'a purged listing takes its activities');
update ops.listings set realtor_id = 'a_realtor' where listing_id = 'a_bare';
select tests.add_task('agent_tasks', 'a_held', 'IN_PROGRESS', 'a_support');
update ops.agent_tasks set realtor_id = 'a_realtor2' where task_id = 'a_held';
select tests.login(tests.id('a_admin'));
select ops.purge_realtor('a_realtor'), ops.purge_staff('a_support');
select tests.logout();
select is_empty($$ select from ops.agent_tasks where realtor_id = 'a_realtor' $$, 'a purged realtor takes their tasks');
select is((select realtor_id from ops.listings where listing_id = 'a_bare'), null, 'and leaves their listings');
select is((status, assigned_staff_id)::text, '(IN_PROGRESS,)', 'purged staff leave their tasks') from ops.agent_tasks where task_id = 'a_held';
select is_empty($$ select from ops.staff where staff_id = 'a_support' $$, 'and are gone');
select isnt_empty($$ select from ops.activities where task_id = 'b_both' and deleted_at is null $$, 'another tenant is not touched');

select * from finish();
rollback;
