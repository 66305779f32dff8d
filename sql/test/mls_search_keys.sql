-- Keys of the search: who sees them, that nobody but the program writes them, and what of them never changes.
begin;
select no_plan();
select tests.mls_rows();

insert into mls.search_keys (workspace_id, description, value_prefix, value_hash, value_sealed)
  select tests.ws(l), 'page', 'abcd', sha256(l::bytea), 'v1.k.c2VhbGVk' from unnest(array['a', 'b']) l;

-- Seeing
select tests.mls_expect($$ select id, description, audience, actions, collections, value_prefix, expires_at, revoked_at, last_used_at, created_by
  from mls.search_keys $$, '1 0 0 1 0 42501 2');
select tests.mls_expect($$ select value_hash from mls.search_keys $$, '42501 42501 42501 42501 42501 42501 42501');
select tests.mls_expect($$ select value_sealed from mls.search_keys $$, '42501 42501 42501 42501 42501 42501 42501');

-- Writing is the program's, in its own name
select tests.mls_expect($$ insert into mls.search_keys (description, value_prefix, value_hash, value_sealed) values ('x', 'abcd', sha256('x'), 'x') $$,
                        '42501 42501 42501 42501 42501 42501 42501');
select tests.mls_expect($$ update mls.search_keys set revoked_at = now() $$, '42501 42501 42501 42501 42501 42501 42501');
select tests.mls_expect($$ delete from mls.search_keys $$, '42501 42501 42501 42501 42501 42501 42501');

-- Constraints
select tests.expect('owner', statement, want) from (values
  ($$ update mls.search_keys set actions = '{}' $$, 'PT409'),
  ($$ update mls.search_keys set audience = 'agents' $$, 'PT409'),
  ($$ update mls.search_keys set expires_at = now() + interval '1 year' $$, 'PT409'),
  ($$ update mls.search_keys set value_hash = sha256('other') $$, 'PT409'),
  ($$ update mls.search_keys set workspace_id = tests.ws('b') where workspace_id = tests.ws('a') $$, 'PT409'),
  ($$ insert into mls.search_keys (workspace_id, actions, value_prefix, value_hash, value_sealed)
      values (tests.ws('a'), '{documents:create}', 'abcd', sha256('x'), 'x') $$, '23514 search_keys_actions_are_known'),
  ($$ insert into mls.search_keys (workspace_id, audience, value_prefix, value_hash, value_sealed)
      values (tests.ws('a'), 'all', 'abcd', sha256('x'), 'x') $$, '23514 search_keys_audience_is_known'),
  ($$ insert into mls.search_keys (workspace_id, value_prefix, value_hash, value_sealed)
      values (tests.ws('a'), 'abcde', sha256('x'), 'x') $$, '23514')) v (statement, want);

-- Revoking is for good; being used and being sealed anew is no change
update mls.search_keys set last_used_at = now(), value_sealed = 'v1.n.c2VhbGVk', revoked_at = now() where workspace_id = tests.ws('a');
select ok(k.revoked_at is not null, 'revoked') from mls.search_keys k where k.workspace_id = tests.ws('a');
select tests.expect('owner', $$ update mls.search_keys set revoked_at = null where workspace_id = tests.ws('a') $$, 'PT409', 'a revoked key stays revoked');
update mls.search_keys set value_sealed = 'v1.m.c2VhbGVk' where workspace_id = tests.ws('a');
select is(k.audience, 'public', 'a key is the public''s unless said') from mls.search_keys k where k.workspace_id = tests.ws('b');

select * from finish();
rollback;
