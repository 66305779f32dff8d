-- Documents: objects of the bucket documents and the rows of crm that refer to them. Whoever sees the row sees the object.
begin;
select no_plan();
select tests.crm_rows();
select tests.logout();

create function pg_temp.put(name text, owner text, size integer default 1234) returns uuid language sql as $$
  insert into storage.objects (bucket_id, name, workspace_id, owner, version, metadata)
    values ('documents', name, tests.ws(left(owner, 1)), tests.id(owner), gen_random_uuid(),
            jsonb_build_object('size', size, 'mimetype', 'application/pdf'))
    on conflict (bucket_id, name) do update set version = excluded.version, metadata = excluded.metadata
    returning id;
$$;
create function pg_temp.sees(name text, wants text) returns setof text language sql as $$
  select tests.expect(w.who, format('select from storage.objects where bucket_id = ''documents'' and name = %L', name), w.want,
                      format('%s sees %s: %s', w.who, name, w.want))
    from rows from (unnest(array['a_agent', 'a_agent2', 'a_boss', 'a_admin', 'b_boss', 'drifter', 'anon', 'service']),
                    regexp_split_to_table(wants, '\s+')) with ordinality w (who, want, n) order by n;
$$;

select is((b.public, b.audience, b.workspace_id is null)::text, '(f,parent,t)', 'the bucket of documents is nobody''s to look around in')
  from storage.buckets b where b.id = 'documents';

-- An object without a row is its uploader's.
select pg_temp.put('a/deed.pdf', 'a_agent'), pg_temp.put('a/w9.pdf', 'a_agent'), pg_temp.put('a/other.pdf', 'a_agent2');
select pg_temp.sees('a/deed.pdf', '1 0 0 0 0 0 42501 1');

-- The row takes size and type from it.
select tests.login(tests.id('a_agent'));
insert into crm.re_documents (id, deal_id, title, type, file_url, file_size, content_type)
  values (tests.put('deed', md5('deed')::uuid), tests.id('a_deal'), 'Deed', 'deed', 'documents/a/deed.pdf', 5, 'text/html');
insert into crm.re_lead_documents (id, lead_id, title, type, file_url)
  values (tests.put('w9', md5('w9')::uuid), tests.id('a_lead'), 'W-9', 'w9', 'documents/a/w9.pdf');
select is((d.file_size, d.content_type)::text, '(1234,application/pdf)', 'a document has the size and type of its object')
  from crm.re_documents d where d.id = tests.id('deed');
select is((d.file_size, d.content_type)::text, '(1234,application/pdf)', 'and a paper of a lead')
  from crm.re_lead_documents d where d.id = tests.id('w9');
update crm.re_documents set file_size = 7 where id = tests.id('deed');
select is(d.file_size, 1234, 'whatever is written over it') from crm.re_documents d where d.id = tests.id('deed');
insert into crm.re_documents (title, type, file_url, file_size) values ('Link', 'other', 'https://sign.example/1', 9);
select is(d.file_size, 9, 'a link is a link') from crm.re_documents d where d.title = 'Link';
select tests.logout();
select pg_temp.put('a/deed.pdf', 'a_agent', 4321), pg_temp.put('a/w9.pdf', 'a_agent', 0);
select is(d.file_size, 4321, 'replaced bytes are followed') from crm.re_documents d where d.id = tests.id('deed');
select is(d.file_size, null, 'an empty file has no size to tell') from crm.re_lead_documents d where d.id = tests.id('w9');

-- Access through the row: who sees the deal, the property, the lead. An admin of the workspace who is none of the CRM does not.
select pg_temp.sees('a/deed.pdf', '1 0 1 0 0 0 42501 1');
select pg_temp.sees('a/w9.pdf', '1 0 1 0 0 0 42501 1');
select pg_temp.sees('a/other.pdf', '0 1 0 0 0 0 42501 1');
-- Nobody gets at a file by writing a row about it.
select tests.expect(who, $$ insert into crm.re_documents (title, type, file_url) values ('Mine', 'other', 'documents/a/other.pdf') $$, want)
  from (values ('a_agent', 'PT409 there is no object'), ('a_agent2', '1'), ('a_admin', 'PT409'), ('b_agent', 'PT409')) v (who, want);
select tests.expect('a_agent', $$ update crm.re_documents set file_url = 'documents/a/other.pdf' where id = tests.id('deed') $$, 'PT409');
select tests.expect('a_agent', $$ insert into crm.re_documents (title, type, file_url) values ('None', 'other', 'documents/none') $$, 'PT409');
select tests.expect('service', $$ update crm.re_documents set file_url = 'documents/none' where id = tests.id('deed') $$, '1', 'an import may come first');
-- Nor by moving it to where others look.
insert into storage.buckets (id, name, workspace_id, audience) values ('shared', 'shared', tests.ws('a'), 'workspace');
select tests.expect(who, $$ update storage.objects set bucket_id = 'shared' where name = 'a/deed.pdf' $$, want)
  from (values ('a_admin', '0'), ('a_agent2', '0'), ('a_boss', '0'), ('a_agent', '1')) v (who, want);
select tests.expect(who, $$ delete from storage.objects where name = 'a/deed.pdf' $$, want)
  from (values ('a_admin', '0'), ('a_boss', '0'), ('a_agent', '1')) v (who, want);
-- A deleted lead's papers are for admins.
update crm.leads set is_deleted = true where id = tests.id('a_lead');
update storage.objects set owner = null where name = 'a/w9.pdf';
select pg_temp.sees('a/w9.pdf', '0 0 1 0 0 0 42501 1');

-- A row takes its object with it.
select tests.login(tests.id('a_agent'));
delete from crm.re_documents where id = tests.id('deed');
select tests.logout();
select pg_temp.put('a/new.pdf', 'a_agent');
delete from crm.leads where id = tests.id('a_lead');
select is(r.removed, 2::bigint, 'objects go with their documents, and with the lead of which they were') from storage.follow_rows() r;
select results_eq($$ select o.name from storage.objects o where o.bucket_id = 'documents' order by o.name $$,
                  $$ values ('a/new.pdf'), ('a/other.pdf') $$, 'others stay');

-- Another file in place of the old one.
select tests.login(tests.id('a_agent'));
insert into crm.re_documents (id, title, type, file_url) values (tests.put('swap', md5('swap')::uuid), 'x', 'other', 'documents/a/new.pdf');
update crm.re_documents set file_url = 'https://sign.example/2' where id = tests.id('swap');
select tests.logout();
select is(r.removed, 1::bigint, 'the replaced file goes') from storage.follow_rows() r;

select * from finish();
rollback;
