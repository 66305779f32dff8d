-- For the lint tests: what they look at, and how a policy's text is read.
create view tests.tables as
  select c.oid, n.nspname as schema, c.relname as name, format('%s.%s', n.nspname, c.relname) as full_name,
         substring(obj_description(c.oid, 'pg_class') from '^(tenant|shared|local): ') as class, c.relrowsecurity as has_rls
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname in ('auth', 'storage', 'mls', 'marketing', 'ops', 'org', 'crm', 'plat');

create view tests.foreign_keys as
  select k.conname as name, f.full_name as from_table, f.class as from_class, t.full_name as to_table, t.class as to_class,
         k.conrelid, k.conkey, k.confdeltype as on_delete,
         (select array_agg(a.attname::text order by o.n) from unnest(k.conkey) with ordinality o (att, n)
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = o.att) as columns,
         (select array_agg(a.attname::text order by o.n) from unnest(k.confkey) with ordinality o (att, n)
            join pg_attribute a on a.attrelid = k.confrelid and a.attnum = o.att) as to_columns,
         (select array_agg(a.attname::text) from unnest(k.confdelsetcols) o (att)
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = o.att) as set_columns
    from pg_constraint k
    join tests.tables f on f.oid = k.conrelid
    left join tests.tables t on t.oid = k.confrelid
    where k.contype = 'f';

create view tests.indexes as
  select x.indrelid, x.indexrelid::regclass::text as name, x.indisunique as is_unique, x.indisprimary as is_primary,
         pg_get_expr(x.indpred, x.indrelid) as predicate,
         (select array_agg(coalesce(a.attname::text, '(expression)') order by o.n)
            from unnest(x.indkey::int2[]) with ordinality o (att, n)
            left join pg_attribute a on a.attrelid = x.indrelid and a.attnum = o.att and o.att <> 0
            where o.n <= x.indnkeyatts) as columns
    from pg_index x join tests.tables t on t.oid = x.indrelid
    where x.indisvalid;

create view tests.policies as
  select p.oid, p.polname as name, t.full_name, t.name as table_name, t.oid as table_oid, p.polpermissive as permissive,
         case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end as command,
         p.polroles as roles, e.part, e.expression
    from pg_policy p
    join tests.tables t on t.oid = p.polrelid
    cross join lateral (values ('using', pg_get_expr(p.polqual, p.polrelid)),
                               ('with check', pg_get_expr(p.polwithcheck, p.polrelid))) e (part, expression);

-- The parentheses that stand around a place of a text, innermost first, each with what stands before it.
create function tests.around(expression text, place integer) returns table (before text, inside text)
  language plpgsql immutable as $$
declare
  depth integer := 0;
  finish integer;
  level integer;
begin
  for i in reverse place - 1..1 loop
    if substr(expression, i, 1) = ')' then
      depth := depth + 1;
    elsif substr(expression, i, 1) = '(' and depth > 0 then
      depth := depth - 1;
    elsif substr(expression, i, 1) = '(' then
      level := 0;
      for j in i..length(expression) loop
        level := level + case substr(expression, j, 1) when '(' then 1 when ')' then -1 else 0 end;
        finish := j;
        exit when level = 0;
      end loop;
      before := rtrim(left(expression, i - 1));
      inside := substr(expression, i + 1, finish - i - 1);
      return next;
    end if;
  end loop;
end $$;

-- Places where a pattern begins in a text.
create function tests.places(expression text, pattern text) returns setof integer language sql immutable as $$
  select n from generate_series(1, length(expression)) n where substr(expression, n) ~ ('^' || pattern);
$$;

-- Calls of a helper that no (select ...) without a table surrounds: PostgreSQL would make them for each row.
create function tests.bare_calls(expression text) returns setof text language sql immutable as $$
  select substring(substr(expression, place) from '^\w+\.\w+')
    from tests.places(expression, '(plat|auth|org|ops|crm|mls|marketing|storage)\.\w+\(') place
    where not exists (select from tests.around(expression, place) a where a.inside ~ '^\s*SELECT ' and a.inside !~ '\sFROM\s');
$$;

-- Tables read otherwise than by EXISTS.
create function tests.table_reads(expression text) returns setof text language sql immutable as $$
  select left(a.inside, 80)
    from tests.places(expression, 'FROM ') place
    cross join lateral (select * from tests.around(expression, place) limit 1) a
    where a.before !~ 'EXISTS$' and a.inside ~ '^\s*SELECT ';
$$;
