/* /keys: for admins of a workspace. */
#include <stdlib.h>

#include "app/module.h"
#include "app/service.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "db/batch.h"
#include "db/db.h"
#include "db/result.h"
#include "mod/search/call.h"
#include "mod/search/search_local.h"

#define BODY_MAX ((size_t)64 * 1024)
#define NEVER INT64_C(64723363199) /* as Typesense writes it */

/* --- making --------------------------------------------------------------------------------------- */

/* An array of texts, as one text with commas. */
static int read_list(struct search_call *c, const struct json *body, const char *name,
	struct str *ret, struct err *e)
{
	const struct json *v = json_get(body, name);
	struct str all = STR_NULL, one;

	if (json_type(v) != JSON_ARRAY || !json_len(v))
		return err_set(e, E_INPUT, "\"%s\" has to be a list of texts", name);
	for (struct json_iter it = json_each(v); json_next(&it);) {
		if (!json_to_str(it.value, &one) || !one.len || str_find_char(one, ',') >= 0)
			return err_set(e, E_INPUT, "\"%s\" has to be a list of texts", name);
		all = all.p ? STR_JOIN(c->arena, all, STR(","), one) : one;
	}
	*ret = all;
	return 0;
}

static int read_expiry(const struct json *body, int64_t *ret, struct err *e)
{
	const struct json *v = json_get(body, "expires_at");

	if (json_type(v) == JSON_ABSENT || json_type(v) == JSON_NULL)
		return 0;
	if (!json_to_i64(v, ret) || *ret < 1 || *ret > NEVER)
		return err_set(e, E_INPUT, "\"expires_at\" has to be a time in Unix seconds");
	if (*ret == NEVER)
		*ret = 0;
	return 0;
}

static int read_key(struct search_call *c, const struct json *body, struct search_api_key *key)
{
	const struct json *description = json_get(body, "description");
	const struct json *audience = json_get(body, "audience");
	struct str name = STR("public");
	struct err *e = &c->err;

	if (description && json_type(description) != JSON_NULL &&
		!json_to_str(description, &key->description))
		return err_set(e, E_INPUT, "\"description\" has to be a text");
	key->description = str_without_nul(c->arena, key->description);
	if (audience && !json_to_str(audience, &name))
		name = STR("");
	if (!search_key_audience(name, &key->who))
		return err_set(e, E_INPUT, "\"audience\" has to be public or agents");
	if (json_get(body, "value"))
		return err_set(e, E_INPUT, "\"value\" is drawn here, and answered once");
	if (read_list(c, body, "actions", &key->actions, e) ||
		read_list(c, body, "collections", &key->collections, e))
		return e->code;
	return read_expiry(body, &key->expires_s, e);
}

static void write_list(struct jsonw *w, const char *name, struct str list)
{
	jsonw_key(w, name), jsonw_arr(w);
	while (list.p)
		jsonw_str(w, str_cut(&list, ','));
	jsonw_arr_end(w);
}

int search_call_make_key(struct search_call *c)
{
	struct search_api_key key = {.workspace_id = str_of(c->who.workspace)};
	const struct json *body;
	struct buf b;

	if (search_call_body(c, BODY_MAX, &body) || read_key(c, body, &key))
		return -1;
	if (c->who.user_id[0])
		key.created_by = str_of(c->who.user_id);
	if (search_key_make(c->site->db, service_keyring(c->site->service), c->arena, &key,
		    &c->err))
		return -1;
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	write_list(&w, "actions", key.actions);
	jsonw_key(&w, "audience"), jsonw_cstr(&w, key.who == SEARCH_AGENTS ? "agents" : "public");
	write_list(&w, "collections", key.collections);
	jsonw_key(&w, "description");
	jsonw_str(&w, key.description.p ? key.description : STR(""));
	jsonw_key(&w, "expires_at"), jsonw_i64(&w, key.expires_s ? key.expires_s : NEVER);
	jsonw_key(&w, "id"), jsonw_i64(&w, key.id);
	jsonw_key(&w, "value"), jsonw_str(&w, key.value);
	jsonw_obj_end(&w);
	return search_call_reply(c, 201, &b);
}

/* --- those that there are ------------------------------------------------------------------------- */

#define KEY_SQL                                                                                         \
	"jsonb_build_object('id', k.id, 'value_prefix', k.value_prefix, 'description', k.description, " \
	"'audience', k.audience, 'actions', k.actions, 'collections', k.collections, "                  \
	"'expires_at', coalesce(extract(epoch from k.expires_at)::bigint, 64723363199), "               \
	"'created_at', extract(epoch from k.created_at)::bigint, "                                      \
	"'last_used_at', extract(epoch from k.last_used_at)::bigint)"

/* One row of JSON; params: the workspace, and perhaps an id. */
static int ask(struct search_call *c, const char *sql, struct str id, struct str *ret)
{
	struct batch *batch = batch_new(c->arena);

	batch_as(batch, &(struct db_caller){.role = STR("plat_worker")});
	batch_read_only(batch);
	batch_add(batch, sql, id.p ? 2 : 1,
		(struct db_param[]){db_text(c->who.workspace), db_str(id)});
	if (db_run(c->site->db, batch, &c->err))
		return -1;
	const struct result *r = batch_result(batch, 0);
	*ret = result_rows(r) ? result_text(r, 0, 0) : STR_NULL;
	return 0;
}

static int reply_text(struct search_call *c, struct str json)
{
	struct buf b;

	buf_init(&b, 0);
	buf_str(&b, json);
	return search_call_reply(c, 200, &b);
}

int search_call_keys(struct search_call *c)
{
	struct str json;

	if (ask(c,
		    "select jsonb_build_object('keys', coalesce(jsonb_agg(" KEY_SQL
		    " order by k.id), '[]'))::text "
		    "from mls.search_keys k where k.workspace_id = $1 and k.revoked_at is null",
		    STR_NULL, &json))
		return -1;
	return reply_text(c, json);
}

static int id_of(struct search_call *c, int64_t *ret)
{
	if (str_to_i64(c->req->params[0], ret) && *ret > 0)
		return 0;
	return err_set(&c->err, E_ABSENT, "there is no key '" STR_FMT "'",
		STR_ARG(str_sub(c->req->params[0], 0, 40)));
}

int search_call_key(struct search_call *c)
{
	struct str json;
	int64_t id;

	if (id_of(c, &id) ||
		ask(c,
			"select (" KEY_SQL
			")::text from mls.search_keys k where k.workspace_id = $1 and k.id = $2 and k.revoked_at is null",
			c->req->params[0], &json))
		return -1;
	return json.p ? reply_text(c, json)
		      : err_set(&c->err, E_ABSENT, "there is no key %lld", (long long)id);
}

int search_call_revoke_key(struct search_call *c)
{
	int64_t id;

	if (id_of(c, &id) ||
		search_key_revoke(c->site->db, c->arena, str_of(c->who.workspace), id, &c->err))
		return -1;
	return reply_text(c, str_printf(c->arena, "{\"id\":%lld}", (long long)id));
}
