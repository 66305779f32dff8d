-- plat: before migrations
-- What an installation of before has standing in the way of a migration that was written later. It is made again afterwards, by the files of
-- this folder that run behind the migrations; the migrations themselves are not edited any more.

-- 0022 adds a column to listing_media, which a function of its rows forbids.
do $$
declare
  f text;
begin
  if to_regclass('mls.listing_media') is not null
     and not exists (select from plat.migrations m where m.name = 'migrate/0022_mls_follow_listings.sql') then
    for f in select p.oid::regprocedure::text from pg_proc p where 'mls.listing_media'::regtype = any (p.proargtypes::oid[]) loop
      execute 'drop function ' || f || ' cascade';
    end loop;
  end if;
end $$;
