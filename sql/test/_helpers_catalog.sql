-- tests.catalog(text): holds the live catalogue against a description of tables, one TAP line for each fact. The description is
-- what the requirement documents promise; keys and unique indexes stand as they are built, with the tenant in front.
--
--   table mls.listings
--     key workspace_id, id                                        the primary key, exactly
--     list_price integer                                          a column and its type
--     status text not null = 'active' in active paused archived   further facts of it: not null, default, values (enum or CHECK)
--     priority integer between 0 10                               a CHECK that names the column and both bounds
--     confirmed_at timestamptz generated
--     deal_id uuid -> crm.deals cascade                           a foreign key; with cascade, set null or nothing
--     unique workspace_id, domain                                 a unique key without a condition, exactly these columns
--     index idx_leads_active on (user_id, created_at desc) where ...   an index by name
--     unique index ...
--   enum crm.deal_status active won lost archived
-- Every table has row level security.

-- An expression without what PostgreSQL adds to it: casts, parentheses, case.
create function tests.plain(expression text) returns text language sql immutable as $$
  select replace(regexp_replace(lower(expression), '::(character varying|[\w."]+)(\[\])?(\(\d+\))?|[\s()"'']', '', 'g'),
                 'current_timestamp', 'now');
$$;

create function tests.short_type(oid, integer) returns text language sql stable as $$
  select replace(replace(regexp_replace(format_type($1, $2), '^\w+\.', ''), 'timestamp with time zone', 'timestamptz'),
                 'character varying', 'varchar');
$$;

create function tests.catalog_column(target regclass, line text) returns setof text language plpgsql as $$
declare
  field constant text := split_part(line, ' ', 1);
  facts text := substr(line, length(field) + 2) || ' ';
  label constant text := target || '.' || field;
  a record;
  word text;
  words text[];
begin
  select c.attnum as number, tests.short_type(c.atttypid, c.atttypmod) as type, c.atttypid as type_id, c.attnotnull as not_null,
         c.attgenerated = 's' as generated, coalesce(pg_get_expr(d.adbin, d.adrelid), '') as default_text
    into a
    from pg_attribute c left join pg_attrdef d on d.adrelid = c.attrelid and d.adnum = c.attnum
    where c.attrelid = target and c.attname = field and not c.attisdropped;
  word := btrim(substring(facts from '^(.*?)(?= not null | = | -> | in | between | generated |$)'));
  return next is(a.type, word, label || ' ' || word);
  if facts ~ ' not null ' then
    return next ok(a.not_null, label || ' not null');
  end if;
  if facts ~ ' generated ' then
    return next ok(a.generated, label || ' is generated');
  end if;
  word := substring(facts from ' = (.*?)(?: -> .*| in .*| between .*)?$');
  if word is not null then
    return next is(tests.plain(a.default_text), tests.plain(word), label || ' defaults to ' || word);
  end if;
  word := substring(facts from ' -> (\S+)');
  if word is not null then
    return next is((select string_agg(distinct case k.confdeltype when 'c' then 'cascade' when 'n' then 'set null' else '' end, ' or ')
        from pg_constraint k
        where k.conrelid = target and k.contype = 'f' and k.confrelid = to_regclass(word) and a.number = any (k.conkey)
          and (cardinality(k.conkey) = 1 or k.conkey <@ array[a.number, (select w.attnum from pg_attribute w
                 where w.attrelid = target and w.attname = 'workspace_id')])),
      btrim(coalesce(substring(facts from ' -> \S+ (cascade|set null)'), '')),
      label || ' refers to ' || word || coalesce(' on delete ' || substring(facts from ' -> \S+ (cascade|set null)'), ''));
  end if;
  words := regexp_split_to_array(btrim(substring(facts from ' in (.*?)(?: between .*)?$')), ' ');
  if words is not null then
    return next ok(words <@ (select array_agg(e.enumlabel::text) from pg_enum e where e.enumtypid = a.type_id)
                   or exists (select from pg_constraint k where k.conrelid = target and k.contype = 'c' and a.number = any (k.conkey)
                                and not exists (select from unnest(words) w where position(quote_literal(w) in pg_get_constraintdef(k.oid)) = 0)),
                   label || ' is one of ' || array_to_string(words, ', '));
  end if;
  words := regexp_split_to_array(btrim(substring(facts from ' between (.*)$')), ' ');
  if words is not null then
    return next ok(exists (select from pg_constraint k
        where k.conrelid = target and k.contype = 'c' and a.number = any (k.conkey)
          and not exists (select from unnest(words) w where pg_get_constraintdef(k.oid) !~ ('\m' || w || '\M'))),
      label || ' lies between ' || array_to_string(words, ' and '));
  end if;
end $$;

create function tests.catalog(description text) returns setof text language plpgsql as $$
declare
  line text;
  target regclass;
  words text[];
begin
  foreach line in array string_to_array(description, E'\n') loop
    line := btrim(line);
    words := regexp_split_to_array(line, '[\s,]+');
    -- A table that is not there has failed once; its lines would only repeat it.
    if line = '' or (target is null and words[1] not in ('table', 'enum')) then
      continue;
    elsif words[1] = 'table' then
      target := to_regclass(words[2]);
      return next ok(target is not null, 'table ' || words[2]);
      return next ok((select c.relrowsecurity from pg_class c where c.oid = target), 'row level security of ' || words[2]);
    elsif words[1] = 'enum' then
      return next is((select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid = to_regtype(words[2])),
                     words[3:], line);
    elsif words[1] = 'key' then
      return next is((select i.columns from tests.indexes i where i.indrelid = target and i.is_primary), words[2:],
                     target || ' has the ' || line);
    elsif words[1] = 'unique' and words[2] <> 'index' then
      return next ok(exists (select from tests.indexes i where i.indrelid = target and i.is_unique and i.predicate is null
                               and i.columns @> words[2:] and i.columns <@ words[2:]), target || ' is ' || line);
    elsif words[1] = 'index' or words[2] = 'index' then
      return next is(
        (select tests.plain(regexp_replace(lower(pg_get_indexdef(x.indexrelid)),
                                           '^create (unique )?index (\S+) on \S+ using (btree )?', '\1index \2 on '))
           from pg_index x join pg_class c on c.oid = x.indexrelid
           where x.indrelid = target and x.indisvalid and c.relname = case when words[1] = 'unique' then words[3] else words[2] end),
        tests.plain(line), target || ' has the ' || line);
    else
      return query select tests.catalog_column(target, line);
    end if;
  end loop;
end $$;
