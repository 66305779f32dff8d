-- What the tables of organisations hold to, and how a row's seers follow its people.
begin;
select no_plan();
select tests.org_rows();
select tests.logout();

select tests.expect('owner', statement, want) from (values
  ($$ insert into org.organizations (name) values (null) $$, '23502'),
  ($$ insert into org.organizations (name) values ('  ') $$, '23514'),
  ($$ insert into org.user_profile (organization_id, role) values (tests.id('north'), 'boss') $$, '23514 user_profile_role_is_known'),
  ($$ insert into org.user_profile (organization_id, role) values (null, 'user') $$, '23502'),
  ($$ insert into org.user_profile (organization_id, role) values (tests.id('north'), null) $$, '23502'),
  ($$ insert into org.user_profile (organization_id, user_id) values (tests.id('south'), tests.id('n_user')) $$, '23505'),
  ($$ insert into org.user_profile (organization_id, user_id) values (gen_random_uuid(), null) $$, '23503'),
  ($$ insert into org.user_profile (organization_id, role) values (tests.id('north'), 'developer') $$, '1'),
  ($$ insert into org.org_modules (organization_id, module_name) values (tests.id('north'), 'chess') $$, '23514 org_modules_name_is_a_module'),
  ($$ insert into org.org_modules (organization_id, module_name) values (tests.id('north'), 'crm') $$, '23505'),
  ($$ insert into org.org_modules (organization_id, module_name) select tests.id('north'), unnest(array['mls', 'marketing', 'ops', 'assistant']) $$,
   '4'),
  ($$ insert into org.licenses (organization_id, license_key) select id, gen_random_uuid() from org.organizations $$, '2'),
  ($$ insert into org.licenses (organization_id, license_key) select organization_id, license_key from org.licenses $$, '23505'),
  ($$ insert into org.licenses (organization_id) values (null) $$, '23502'),
  ($$ insert into org.license_modules (license_id, module_id) values (tests.id('n_license'), tests.id('n_module')) $$, '23505'),
  ($$ insert into org.license_modules (license_id, module_id) values (tests.id('n_license'), gen_random_uuid()) $$, '23503'),
  ($$ insert into org.license_modules (license_id, module_id) values (tests.id('n_license'), tests.id('s_module')) $$,
   'PT409 belong to different organisations'),
  ($$ update org.licenses set organization_id = tests.id('south') where id = tests.id('n_license') $$, 'PT409 stays with its organisation'),
  ($$ update org.org_modules set organization_id = tests.id('south') where id = tests.id('n_module') $$, 'PT409 stays with its organisation'),
  ($$ insert into org.customers (name, first_name, last_name) values ('x', 'x', null) $$, '23502'),
  ($$ insert into org.customers (name, first_name, last_name) values ('x', null, 'x') $$, '23502'),
  ($$ insert into org.customers (name, first_name, last_name) values (null, 'x', 'x') $$, '23502'),
  ($$ insert into org.customer_email (customer_id, email, is_primary) values (tests.id('n_customer'), 'a', true), (tests.id('n_customer'), 'b', false),
        (tests.id('n_customer'), 'c', false), (tests.id('s_customer'), 'd', true) $$, '4'),
  ($$ insert into org.customer_email (customer_id, email, is_primary) values (tests.id('n_customer'), 'a', true), (tests.id('n_customer'), 'b', true) $$,
   '23505 customer_email_one_primary'),
  ($$ insert into org.customer_email (customer_id, email) values (tests.id('n_customer'), '') $$, '23514'),
  ($$ insert into org.customer_email (customer_id, email) values (gen_random_uuid(), 'x') $$, '23503'),
  ($$ insert into org.customer_phone (customer_id, phone, is_primary) values (tests.id('n_customer'), '1', true), (tests.id('n_customer'), '2', true) $$,
   '23505 customer_phone_one_primary'),
  ($$ insert into org.customer_phone (customer_id, phone, is_primary) values (tests.id('n_customer'), '1', true), (tests.id('n_customer'), '2', false) $$, '2'),
  ($$ insert into org.customer_phone (customer_id, phone) values (tests.id('n_customer'), '') $$, '23514'),
  ($$ insert into org.customer_organization (customer_id, organization_id) values (tests.id('n_customer'), tests.id('north')) $$, '23505'),
  ($$ insert into org.customer_user (customer_id, user_id) values (tests.id('n_customer'), tests.id('p_n_user')) $$, '23505'),
  ($$ insert into org.customer_user (customer_id, user_id) values (tests.id('n_customer'), tests.id('n_user')) $$, '23502'),
  ($$ insert into org.user_preferences (user_id, preference_key) values (tests.id('n_user'), 'theme') $$, '23505'),
  ($$ insert into org.user_preferences (user_id, preference_key) values (tests.id('n_user2'), 'theme') $$, '1'),
  ($$ insert into org.user_preferences (user_id, preference_key) values (tests.id('n_user'), '') $$, '23514'),
  ($$ insert into org.conversations (user_id) values (gen_random_uuid()) $$, '23503'),
  ($$ insert into org.conversations (user_id) values (null) $$, '1'),
  ($$ insert into org.chat_messages (user_id, conversation_id, message_content) values (tests.id('n_user'), tests.id('n_conversation'), 'x') $$, '23503'),
  ($$ insert into org.chat_messages (user_id, conversation_id, message_content) values (tests.id('p_n_user'), gen_random_uuid(), 'x') $$, '23503'),
  ($$ insert into org.chat_messages (user_id, conversation_id, message_content) values (tests.id('p_n_user'), tests.id('n_conversation'), null) $$, '23502'),
  ($$ insert into org.functions (created_by, name, code) values (tests.id('n_user'), ' ', 'x') $$, '23514'),
  ($$ insert into org.functions (created_by, name, code) values (tests.id('n_user'), 'x', null) $$, '23502'),
  ($$ insert into org.functions (created_by, name, code) values (null, 'x', 'x') $$, '23502'),
  ($$ insert into org.key_store (user_id, provider, api_key) values (tests.id('n_user'), 'openai', 'sk-plain') $$, '23514 key_store_api_key_is_sealed'),
  ($$ insert into org.key_store (user_id, provider, api_key) values (tests.id('n_user'), '', 'v1.k.eA') $$, '23514'),
  ($$ insert into org.vector_store (user_id, source_id, embedding) values (tests.id('n_user'), 'x', '[1,2]') $$, '22000'),
  ($$ insert into org.vector_store (user_id, source_id) values (tests.id('n_user'), null) $$, '23502')) v (statement, want);

-- updated_at, and a default that is the caller.
update org.organizations set updated_at = '2020-01-01' where id = tests.id('north');
select is(o.updated_at, now(), 'updated_at is kept') from org.organizations o where o.id = tests.id('north');

-- A new key has to be tried again.
update org.key_store set verified = true where id = tests.id('n_key');
select is(k.verified, true, 'the server says that a key works') from org.key_store k where k.id = tests.id('n_key');
select tests.login(tests.id('n_user'));
update org.key_store set api_key = 'v1.k.bmV3' where id = tests.id('n_key');
select is(k.verified, false, 'a new key is not verified') from org.key_store k where k.id = tests.id('n_key');
select tests.login_worker();
update org.key_store set api_key = 'v1.k2.bmV3', verified = true where id = tests.id('n_key');
select is(k.verified, true, 'sealing it anew, as the worker does, changes nothing') from org.key_store k where k.id = tests.id('n_key');
select tests.logout();

-- The nearest vectors are found by index.
insert into org.vector_store (user_id, source_id, embedding)
  select tests.id('n_user'), 'doc ' || n, (select array_agg(sin(n * i)) from generate_series(1, 1536) i)::extensions.vector
    from generate_series(1, 20) n;
select is((select am.amname from pg_class c join pg_am am on am.oid = c.relam where c.relname = 'vector_store_embedding'), 'hnsw', 'by HNSW');
select is((select source_id from org.vector_store where embedding is not null order by embedding operator(extensions.<=>)
             (select embedding from org.vector_store where source_id = 'doc 7') limit 1), 'doc 7', 'nearest to itself');

-- Conversations: the owner, who wrote, and their admins. As people come and go.
create function pg_temp.see(what text) returns text language plpgsql as $$
declare
  who text;
  answer text[] := '{}';
begin
  foreach who in array array['n_developer', 'n_admin', 'n_user', 'n_user2', 's_admin', 's_user', 'loner'] loop
    if tests.try(who, what) = '1' then
      answer := answer || who;
    end if;
  end loop;
  perform tests.logout();
  return array_to_string(answer, ' ');
end $$;
create temporary table q (c text, m text, k text);
insert into q values ('select from org.conversations where id = tests.id(''n_conversation'')',
                      'select from org.chat_messages where id = tests.id(''n_message'')',
                      'select from org.customers where id = tests.id(''n_customer'')');

select is(pg_temp.see(c), 'n_developer n_admin n_user', 'a conversation: the owner, the admin, developers') from q;
insert into org.chat_messages (id, user_id, conversation_id, message_content) values
  (tests.put('second', md5('second')::uuid), tests.id('p_n_user2'), tests.id('n_conversation'), 'me too'),
  (tests.put('third', md5('third')::uuid), tests.id('p_s_user'), tests.id('n_conversation'), 'and me');
select is(pg_temp.see(c), 'n_developer n_admin n_user n_user2 s_admin s_user', 'whoever writes in it, and that person''s admin') from q;
select is(pg_temp.see(m), 'n_developer n_admin n_user n_user2 s_admin s_user', 'sees its messages, too') from q;
select tests.expect_each($$ update org.chat_messages set message_content = 'x' where id = tests.id('second') $$,
                         'n_admin 1, n_user 0, n_user2 1, s_admin 0, s_user 0, n_developer 1');
select tests.expect_each($$ delete from org.chat_messages where id = tests.id('third') $$,
                         'n_admin 0, n_user 0, n_user2 0, s_admin 1, s_user 1, n_developer 1');
delete from org.chat_messages where id = tests.id('third');
select is(pg_temp.see(c), 'n_developer n_admin n_user n_user2', 'and not any more when the last message is gone') from q;
update org.user_profile set organization_id = tests.id('south') where id = tests.id('p_n_user2');
select is(pg_temp.see(c), 'n_developer n_admin n_user n_user2 s_admin', 'a writer who changes organisations brings another admin') from q;
update org.user_profile set organization_id = tests.id('north') where id = tests.id('p_n_user2');
update org.chat_messages set user_id = tests.id('p_s_user') where id = tests.id('second');
select is(pg_temp.see(c), 'n_developer n_admin n_user s_admin s_user', 'a message that gets another writer moves along') from q;
update org.conversations set user_id = tests.id('loner') where id = tests.id('n_conversation');
select is(pg_temp.see(c), 'n_developer n_admin n_user s_admin s_user loner', 'another owner, and the old one who wrote') from q;
insert into org.user_profile (organization_id, role, user_id) values (tests.id('south'), 'user', tests.id('loner'));
delete from org.chat_messages where conversation_id = tests.id('n_conversation') and user_id <> tests.id('p_s_user');
select is(pg_temp.see(c), 'n_developer s_admin s_user loner', 'an owner who joins an organisation brings its admin') from q;
delete from org.user_profile where user_id = tests.id('loner');
delete from org.chat_messages where conversation_id = tests.id('n_conversation');
select is(pg_temp.see(c), 'n_developer loner', 'and takes him along again') from q;
update org.conversations set user_id = null where id = tests.id('n_conversation');
select is(pg_temp.see(c), 'n_developer', 'what nobody owns and nobody wrote in is the developers''') from q;
select tests.login(tests.id('n_user2'));
insert into org.conversations (id, title) values (tests.put('own', md5('own')::uuid), 'mine') returning id;
select lives_ok($$ insert into org.chat_messages (conversation_id, message_content) values (tests.id('own'), 'dear diary') $$,
                'a person opens a conversation and writes');
select lives_ok($$ update org.conversations set title = 'ours' where id = tests.id('own') $$, 'renames it');
select lives_ok($$ delete from org.conversations where id = tests.id('own') $$, 'deletes it');
select tests.logout();
select is((select count(*) from org.chat_messages where conversation_id = tests.id('own')), 0::bigint, 'and its messages go, too');

-- Customers
select is(pg_temp.see(k), 'n_developer n_admin n_user', 'a customer: who looks after it, the admin, developers') from q;
insert into org.customer_user (customer_id, user_id) values (tests.id('n_customer'), tests.id('p_n_user2'));
select is(pg_temp.see(k), 'n_developer n_admin n_user n_user2', 'a second person') from q;
select tests.expect_each($$ delete from org.customers where id = tests.id('n_customer') $$,
                         'n_user PT409 others look after this customer, n_admin 1, n_developer 1, n_user2 PT409');
insert into org.customer_organization (id, customer_id, organization_id)
  values (tests.put('both', md5('both')::uuid), tests.id('n_customer'), tests.id('south'));
select is(pg_temp.see(k), 'n_developer n_admin n_user n_user2 s_admin', 'a second organisation') from q;
select tests.expect_each($$ delete from org.customers where id = tests.id('n_customer') $$,
                         'n_user PT409, n_admin PT409, s_admin PT409, n_developer 1, service 1');
delete from org.customer_organization where id = tests.id('both');
delete from org.customer_organization where id = tests.id('n_customer_organization');
select is(pg_temp.see(k), 'n_developer n_admin n_user n_user2', 'the admin sees the customers of the people, too') from q;
delete from org.customer_user where customer_id = tests.id('n_customer');
select is(pg_temp.see(k), 'n_developer', 'a customer of nobody is the developers''') from q;
insert into org.customer_user (customer_id, user_id) values (tests.id('n_customer'), tests.id('p_n_user'));
update org.user_profile set organization_id = tests.id('south') where id = tests.id('p_n_user');
select is(pg_temp.see(k), 'n_developer n_user s_admin', 'customers go along with the person') from q;
select is(pg_temp.see('select from org.vector_store where id = tests.id(''n_vector'')'), 'n_developer n_user s_admin', 'so does all the rest');
select is(pg_temp.see('select from org.functions where id = tests.id(''n_function'')'), 'n_developer n_user s_admin', 'functions');
select is(pg_temp.see('select from org.user_preferences where id = tests.id(''n_preference'')'), 'n_developer n_user s_admin', 'preferences');
select is(pg_temp.see('select id from org.key_store where id = tests.id(''n_key'')'), 'n_developer n_user s_admin', 'keys');
select tests.login(tests.id('n_user2'));
insert into org.customers (id, name, first_name, last_name) values (tests.put('new', md5('new')::uuid), 'N', 'N', 'N') returning id;
select is((select count(*) from org.customers where id = tests.id('new')), 1::bigint, 'who makes a customer sees it');
select is((select count(*) from org.customer_user where customer_id = tests.id('new')), 1::bigint, 'being linked to it');
select tests.logout();
select is(pg_temp.see('select from org.customers where id = tests.id(''new'')'), 'n_developer n_admin n_user2', 'as is the organisation');
select tests.expect('n_user2', $$ delete from org.customers where id = tests.id('new') $$, '1', 'and may delete it again');
update org.functions set user_id = tests.id('n_user2') where id = tests.id('n_function');
select is(pg_temp.see('select from org.functions where id = tests.id(''n_function'')'), 'n_developer n_user n_user2 s_admin',
          'a function is also theirs whom it is given');

-- A login that is deleted for good leaves what it wrote.
update org.conversations set user_id = tests.id('n_user2') where id = tests.id('n_conversation');
insert into org.chat_messages (user_id, conversation_id, message_content) values (tests.id('p_n_user2'), tests.id('n_conversation'), 'bye');
delete from auth.users where id = tests.id('n_user2');
select results_eq($$ select p.user_id, p.seen_by @> array[tests.id('n_user2')], c.user_id, c.seen_by @> array[tests.id('n_user2')]
                       from org.chat_messages m join org.user_profile p on p.id = m.user_id join org.conversations c on c.id = m.conversation_id
                       where m.message_content = 'bye' $$,
                  $$ values (null::uuid, false, null::uuid, false) $$, 'messages stay, under a profile without a login');
select is(pg_temp.see(c), 'n_developer n_admin', 'for the organisation') from q;

select * from finish();
rollback;
