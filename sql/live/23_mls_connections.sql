-- Connections to feeds: what may be known of a token, and when one is forgotten.

-- A secret has no grant to any API role; whether there is one is no secret.
create or replace function mls.connection_has_token(connection uuid) returns boolean
  language sql stable security definer
  set search_path = ''
  begin atomic
    select c.token_ciphertext is not null from mls.mls_connections c
      where c.id = connection
        and (c.workspace_id = plat.ws() or (plat.ws() is null and plat.uid() is null));
  end;
comment on function mls.connection_has_token(uuid) is 'Whether a connection of the own workspace has a token; null for others.';
revoke all on function mls.connection_has_token(uuid) from public;
grant execute on function mls.connection_has_token(uuid) to authenticated, service_role, plat_worker;
