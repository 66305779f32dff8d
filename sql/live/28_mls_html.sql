-- The HTML of a compliance profile stands on public pages and in mails, of which it must not make anything else: a short list of tags and
-- attributes, everything closed that was opened, links to web pages and addresses of mail alone.

-- Strict instead of clever: whatever a browser might read in another way than this does is refused. No value of an attribute has < or > in
-- it, so that tags are the same to both; how a link begins must stand there as it is, so that no entity can spell another beginning; what
-- separates is HTML's four spaces and not \s, which is Unicode's: others are letters to a browser. What a browser would move or close by
-- itself is refused, too, so that nothing leaves the element it stands in.
create or replace function mls.html_fault(html text) returns text
  language plpgsql immutable parallel safe
  set search_path = ''
as $$
declare
  attributes constant jsonb := '{"a": ["href", "target", "rel"], "img": ["src", "alt", "width", "height"], "br": [], "hr": [], "b": [],
    "strong": [], "i": [], "em": [], "u": [], "small": [], "sub": [], "sup": [], "span": [], "p": [], "div": [], "blockquote": [], "ul": [],
    "ol": [], "li": [], "h2": [], "h3": [], "h4": [], "h5": [], "h6": [], "table": [], "thead": [], "tbody": [], "tr": [], "th": [], "td": []}';
  everywhere constant text[] := '{title,lang,dir}';
  parents constant jsonb := '{"li": ["ul", "ol"], "thead": ["table"], "tbody": ["table"], "tr": ["table", "thead", "tbody"], "td": ["tr"], "th": ["tr"]}';
  headings constant text[] := '{h2,h3,h4,h5,h6}';
  blocks constant text[] := headings || '{p,div,blockquote,ul,ol,table,hr}'::text[];
  opened text[] := '{}';
  parent text;
  found text[];
  tag text;
  parts text[];
  name text;
  attribute text[];
  said text;
begin
  if html ~ e'[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]' then
    return 'there is a control character in it';
  elsif length(html) > 20000 then
    return format('it has %s characters, and 20,000 at most may stand there', length(html));
  end if;
  for found in select m from regexp_matches(html, '([^<]*)(<[^<>]*>?)', 'g') m loop
    tag := found[2];
    parent := opened[cardinality(opened)];
    if parent in ('table', 'thead', 'tbody', 'tr') and found[1] ~ '[^ \t\n\r]' then
      return format('text in <%s> may stand in its cells alone', parent);
    end if;
    parts := regexp_match(tag, '^<(/?)([A-Za-z][A-Za-z0-9]*)((?:[ \t\n\r]+[A-Za-z-]+[ \t\n\r]*=[ \t\n\r]*(?:"[^"]*"|''[^'']*''))*)[ \t\n\r]*(/?)>$');
    name := lower(parts[2]);
    if name is null then
      return format('%s is no tag that can be read: values stand in quotes, and < itself is &lt;', left(tag, 60));
    elsif not attributes ? name then
      return format('<%s> may not be in it', name);
    end if;
    for attribute in select m from regexp_matches(parts[3], '([A-Za-z-]+)[ \t\n\r]*=[ \t\n\r]*(?:"([^"]*)"|''([^'']*)'')', 'g') m loop
      said := coalesce(attribute[2], attribute[3]);
      if not attributes -> name ? lower(attribute[1]) and lower(attribute[1]) <> all (everywhere) then
        return format('<%s> may have no %s', name, lower(attribute[1]));
      elsif lower(attribute[1]) = 'href' and said !~* '^(https?://|mailto:)[^\s{]' then
        return format('a link begins with https://, http:// or mailto:, not %s', left(said, 60));
      elsif lower(attribute[1]) = 'src' and said !~* '^https?://[^\s{]' then
        return format('the address of a picture begins with https:// or http://, not %s', left(said, 60));
      end if;
    end loop;
    if parts[1] = '' then
      if (case when parents ? name then parents -> name ? coalesce(parent, '') is not true else parent in ('table', 'thead', 'tbody', 'tr') end) then
        return format('<%s> may not stand in %s', name, coalesce('<' || parent || '>', 'nothing'));
      elsif name = any (blocks) and 'p' = any (opened) then
        return format('<%s> may not stand in <p>, which it would end', name);
      elsif name = any (headings) and opened && headings then
        return format('<%s> may not stand in another heading', name);
      elsif name = 'a' and 'a' = any (opened) then
        return '<a> may not stand in another <a>';
      elsif cardinality(opened) >= 50 then
        return 'more than 50 tags stand in each other';
      end if;
    end if;
    if name in ('br', 'hr', 'img') then
      continue when parts[1] = '';
      return format('</%s> closes nothing', name);
    elsif parts[1] = '' then
      if parts[4] = '/' then
        return format('<%s/> is not closed by its slash', name);
      end if;
      opened := opened || name;
    elsif parts[3] <> '' or opened[cardinality(opened)] is distinct from name then
      return format('</%s> closes nothing', name);
    else
      opened := trim_array(opened, 1);
    end if;
  end loop;
  return '<' || opened[cardinality(opened)] || '> is not closed';
end $$;
comment on function mls.html_fault(text) is 'What must not be in HTML that is published for a workspace; null: nothing.';
revoke all on function mls.html_fault(text) from public;
grant execute on function mls.html_fault(text) to authenticated, service_role, plat_worker;

create or replace function mls.refuse_bad_html() returns trigger
  language plpgsql
  set search_path = ''
as $$
declare
  attribution constant text := mls.html_fault(new.attribution_html);
  disclaimer constant text := mls.html_fault(new.disclaimer_html);
begin
  if attribution is not null then
    raise exception using errcode = 'PT400', message = 'attribution_html: ' || attribution;
  elsif disclaimer is not null then
    raise exception using errcode = 'PT400', message = 'disclaimer_html: ' || disclaimer;
  end if;
  return new;
end $$;
create or replace trigger compliance_profiles_refuse_bad_html before insert or update of attribution_html, disclaimer_html
  on mls.compliance_profiles for each row execute function mls.refuse_bad_html();

-- What was written before there was a list: shown as the text that it is, until an admin mends it.
create or replace function mls.html_of_text(said text) returns text
  language sql immutable strict parallel safe
return left(regexp_replace(replace(replace(replace(said, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'),
                           e'[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]', ' ', 'g'), 20000);
revoke all on function mls.html_of_text(text) from public;
update mls.compliance_profiles p
  set attribution_html = case when mls.html_fault(p.attribution_html) is null then p.attribution_html
                              else mls.html_of_text(p.attribution_html) end,
      disclaimer_html = case when mls.html_fault(p.disclaimer_html) is null then p.disclaimer_html
                             else mls.html_of_text(p.disclaimer_html) end
  where mls.html_fault(p.attribution_html) is not null or mls.html_fault(p.disclaimer_html) is not null;
