#include "mod/mls/connection_route.h"

#include "app/service.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/json.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/mls/caller.h"
#include "mod/mls/connection.h"
#include "mod/mls/connection_local.h"

/* --- seeing ------------------------------------------------------------------------------------- */

static int list(struct caller *c)
{
	struct batch *b = caller_batch(c);
	struct db_param params[] = {db_str(c->workspace_id)};

	batch_read_only(b);
	batch_add(b,
		"select coalesce(jsonb_agg(" CONNECTION_JSON
		" order by c.provider), '[]') from mls.mls_connections c where c.workspace_id = $1",
		1, params);
	return caller_run(c, b) ? -1 : caller_reply_row(c, b);
}

/* With the problems of the active mapping: empty when there are none, or no metadata. */
static int reply_one(struct caller *c, int status, struct str id)
{
	struct batch *b = caller_batch(c);
	struct db_param params[] = {db_str(c->workspace_id), db_str(id)};

	batch_read_only(b);
	batch_add(b,
		"select " CONNECTION_JSON
		" || jsonb_build_object('metadata', (select jsonb_build_object('fetched_at', m.fetched_at, "
		"'problem', m.problem, 'resources', (select count(*) from jsonb_object_keys(m.resources))) "
		"from mls.source_metadata m where m.workspace_id = c.workspace_id and m.mls_connection_id = c.id), "
		"'mapping_problems', (select coalesce(jsonb_agg(to_jsonb(p)), '[]') from mls.field_mappings f, "
		"lateral mls.check_mapping(f.workspace_id, f.provider, f.mapping) p "
		"where f.workspace_id = c.workspace_id and f.provider = c.provider and f.is_active)) "
		"from mls.mls_connections c where c.workspace_id = $1 and c.id = $2",
		2, params);
	if (caller_run(c, b))
		return -1;
	if (!result_rows(batch_result(b, 0)))
		return caller_fault(c, 404, "there is no connection '" STR_FMT "'", STR_ARG(id));
	return caller_reply_text(c, status, result_text(batch_result(b, 0), 0, 0));
}

static int get(struct caller *c)
{
	struct str id;

	return caller_param_id(c, 0, "connection", &id) ? -1 : reply_one(c, 200, id);
}

/* --- making and changing ------------------------------------------------------------------------ */

static int read_secret(struct caller *c, struct connection *wish)
{
	struct str secret;

	if (caller_body_str(c, "token", &wish->token) ||
		caller_body_str(c, "client_secret", &secret))
		return -1;
	if (wish->token.p && secret.p)
		return caller_fault(c, 400, "say either token or client_secret");
	wish->token = secret.p ? secret : wish->token;
	if (wish->token.p)
		crypto_wipe_later(c->arena, (void *)(uintptr_t)wish->token.p, wish->token.len);
	return 0;
}

static int read_wish(struct caller *c, struct connection *wish)
{
	static const char *const names[] = {"provider", "dataset_id", "base_url", "token",
		"client_id", "client_secret", "token_url", "token_scope", "sync_cadence",
		"settings", NULL};

	if (caller_body_only(c, names) || caller_body_str(c, "provider", &wish->provider) ||
		caller_body_str(c, "dataset_id", &wish->dataset) ||
		caller_body_str(c, "base_url", &wish->base_url) ||
		caller_body_str(c, "client_id", &wish->client_id) ||
		caller_body_str(c, "token_url", &wish->token_url) ||
		caller_body_str(c, "token_scope", &wish->token_scope) ||
		caller_body_str(c, "sync_cadence", &wish->cadence) ||
		caller_body_object(c, "settings", &wish->settings))
		return -1;
	return read_secret(c, wish);
}

/* What row level security's trigger asks of a login, asked here because a worker writes. */
static int check_addresses(struct caller *c, const struct connection *wish)
{
	struct batch *b = caller_batch(c);
	struct db_param params[] = {db_str(wish->base_url), db_str(wish->token_url)};

	if (c->is_service)
		return 0;
	batch_read_only(b);
	batch_add(b,
		"select coalesce('base_url ' || mls.address_problem($1), 'token_url ' || mls.address_problem($2))",
		2, params);
	if (caller_run(c, b))
		return -1;
	struct str problem = result_text(batch_result(b, 0), 0, 0);
	return problem.p ? caller_fault(c, 400, STR_FMT, STR_ARG(problem)) : 0;
}

static int create(struct caller *c)
{
	struct connection wish = {0};
	struct str id;

	if (caller_body_need(c, "provider", &wish.provider) || read_wish(c, &wish) ||
		check_addresses(c, &wish))
		return -1;
	if (connection_store(c->db, service_keyring(c->service), c->arena, c->workspace_id, &wish,
		    &id, &c->err))
		return caller_fail(c, &c->err);
	return reply_one(c, 201, id);
}

static int change(struct caller *c)
{
	struct connection wish = {0};
	struct str id;

	if (caller_param_id(c, 0, "connection", &id) || read_wish(c, &wish) ||
		check_addresses(c, &wish))
		return -1;
	if (wish.provider.p)
		return caller_fault(c, 400, "the provider of a connection cannot be changed");
	if (connection_change(c->db, service_keyring(c->service), c->arena, c->workspace_id, id,
		    &wish, &c->err))
		return caller_fail(c, &c->err);
	return reply_one(c, 200, id);
}

static int remove_one(struct caller *c)
{
	struct batch *b = caller_batch(c);
	struct str id;

	if (caller_param_id(c, 0, "connection", &id))
		return -1;
	struct db_param params[] = {db_str(c->workspace_id), db_str(id)};
	batch_add(b, CONNECTION_DELETE_SQL, 2, params);
	if (caller_run(c, b))
		return -1;
	if (!result_rows(batch_result(b, 0)))
		return caller_fault(c, 404, "there is no connection '" STR_FMT "'", STR_ARG(id));
	return caller_reply_row(c, b);
}

static int set_status(struct caller *c, const char *sql)
{
	struct batch *b = caller_batch(c);
	struct str id;

	if (caller_param_id(c, 0, "connection", &id))
		return -1;
	struct db_param params[] = {db_str(c->workspace_id), db_str(id)};
	batch_add(b, sql, 2, params);
	return caller_run(c, b) ? -1 : reply_one(c, 200, id);
}

static int pause(struct caller *c)
{
	return set_status(c, CONNECTION_PAUSE_SQL);
}

static int resume(struct caller *c)
{
	return set_status(c, CONNECTION_RESUME_SQL);
}

void connection_route_list(struct req *r)
{
	caller_start(r, CALLER_AGENT, list);
}

void connection_route_get(struct req *r)
{
	caller_start(r, CALLER_AGENT, get);
}

void connection_route_create(struct req *r)
{
	caller_start(r, CALLER_AGENT | CALLER_WRITES | CALLER_BODY, create);
}

void connection_route_change(struct req *r)
{
	caller_start(r, CALLER_AGENT | CALLER_WRITES | CALLER_BODY, change);
}

void connection_route_remove(struct req *r)
{
	caller_start(r, CALLER_AGENT | CALLER_WRITES, remove_one);
}

void connection_route_pause(struct req *r)
{
	caller_start(r, CALLER_AGENT | CALLER_WRITES, pause);
}

void connection_route_resume(struct req *r)
{
	caller_start(r, CALLER_AGENT | CALLER_WRITES, resume);
}
