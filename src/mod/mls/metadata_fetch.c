#include "mod/mls/metadata_fetch.h"

#include "app/job.h"
#include "app/worker.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"
#include "db/result.h"
#include "db/session.h"
#include "http/client.h"
#include "mod/mls/metadata.h"
#include "mod/mls/source.h"

#define JSON_MAX (16u << 20)
#define BODY_MAX (65u << 20) /* a little beyond what xml.h takes, whose sentence is better */
#define TIMEOUT_MS 60000

/* --- asking ------------------------------------------------------------------------------------- */

struct taking {
	struct metadata *m;
	struct err err; /* why the document is refused */
};

static int take_piece(struct str piece, void *arg)
{
	struct taking *t = arg;

	return metadata_feed(t->m, piece, &t->err) ? -1 : 0;
}

static int say_status(int status, struct err *e)
{
	if (status == 401)
		return err_set(e, E_LOGIN, "the feed refuses the token (401)");
	if (status == 403)
		return err_set(e, E_RIGHT, "the token may not read the metadata (403)");
	if (status == 404)
		return err_set(e, E_ABSENT, "the feed has no metadata at that address (404)");
	return err_set(e, status == 429 ? E_RATE : E_UPSTREAM,
		"the feed answers %d when asked for its metadata", status);
}

static int ask(struct source *s, struct arena *a, struct str url, struct metadata_found *ret,
	struct err *e)
{
	struct taking t = {.m = metadata_new(a), .err = {.arena = a}};
	struct source_call call = {.url = url,
		.accept = "application/xml",
		.max_bytes = BODY_MAX,
		.timeout_ms = TIMEOUT_MS,
		.sink = take_piece,
		.arg = &t};
	const struct http_result *r = source_get(s, a, &call);

	ret->status = r->status;
	if (t.err.code)
		return err_set(e, E_UPSTREAM, "the metadata: %s", t.err.msg);
	if (r->err.code)
		return err_set(e, r->err.code, "%s", r->err.msg);
	if (r->status != 200)
		return say_status(r->status, e);
	struct buf json;
	buf_init(&json, JSON_MAX);
	if (metadata_end(t.m, &json, &t.err))
		err_set(e, E_UPSTREAM, "the metadata: %s", t.err.msg);
	ret->json = str_copy(a, buf_view(&json));
	buf_done(&json);
	ret->resources = metadata_resources(t.m);
	ret->fields = metadata_fields(t.m);
	return e->code;
}

int metadata_fetch(struct source *s, struct arena *a, struct metadata_found *ret, struct err *e)
{
	struct err first = {.arena = a};
	struct str feed = s->settings.feed;

	*ret = (struct metadata_found){0};
	if (!ask(s, a, source_url(s, a, "$metadata", STR_NULL), ret, &first))
		return 0;
	/* A feed of a dataset may have no metadata of its own. */
	if (first.code == E_ABSENT && feed.p) {
		struct str root = str_sub(s->root, 0, s->root.len - feed.len);
		return ask(s, a, STR_JOIN(a, root, STR("$metadata")), ret, e);
	}
	return err_set(e, (enum err_code)first.code, "%s", first.msg);
}

/* --- keeping ------------------------------------------------------------------------------------ */

static int keep_problem(struct session *w, struct arena *a, const struct source *s,
	const struct err *problem, struct err *e)
{
	struct db_param params[] = {db_str(s->workspace_id), db_str(s->connection_id),
		db_text(problem->msg)};

	return session_exec(w, a,
		"insert into mls.source_metadata as m (workspace_id, mls_connection_id, problem) "
		"select c.workspace_id, c.id, $3 from mls.mls_connections c "
		"where c.workspace_id = $1 and c.id = $2 "
		"on conflict (workspace_id, mls_connection_id) do update set problem = excluded.problem",
		3, params, NULL, e);
}

int metadata_keep(struct session *w, struct arena *a, const struct source *s,
	const struct metadata_found *found, const struct err *problem, struct err *e)
{
	if (problem)
		return keep_problem(w, a, s, problem, e);
	struct hash_128 h = hash_128(found->json);
	struct db_param params[] = {db_str(s->workspace_id), db_str(s->connection_id),
		db_str(found->json), db_bytes(str_from(&h, sizeof h))};
	return session_exec(w, a,
		"insert into mls.source_metadata as m (workspace_id, mls_connection_id, resources, document_hash) "
		"select c.workspace_id, c.id, $3::jsonb, $4::bytea from mls.mls_connections c "
		"where c.workspace_id = $1 and c.id = $2 "
		"on conflict (workspace_id, mls_connection_id) do update set resources = excluded.resources, "
		"document_hash = excluded.document_hash, fetched_at = now(), problem = null",
		4, params, NULL, e);
}

int metadata_refresh(struct source *s, struct session *w, struct arena *a, struct err *e)
{
	struct metadata_found found;
	struct err why = {.arena = a}, ignored = {.arena = a};

	if (metadata_fetch(s, a, &found, &why) == E_CANCEL)
		return err_set(e, E_CANCEL, "stopped");
	if (metadata_keep(w, a, s, &found, why.code ? &why : NULL, &ignored))
		log_warn("mls.metadata", LOG_STR("connection_id", s->connection_id),
			LOG_ERR(&ignored));
	return why.code ? err_set(e, (enum err_code)why.code, "%s", why.msg) : 0;
}

/* --- the job ------------------------------------------------------------------------------------ */

static int refresh_one(struct job *j, struct session *w, struct str workspace_id,
	struct str connection_id, struct err *e)
{
	struct source_from from = {.db = j->db,
		.keyring = j->keyring,
		.http = j->http,
		.s = w,
		.workspace_id = workspace_id,
		.connection_id = connection_id};
	struct arena *a = arena_new();
	struct err why = {.arena = a};
	struct source *s;

	if (!source_open(a, &from, &s, &why)) {
		metadata_refresh(s, w, a, &why);
		source_save(s);
	}
	int code = why.code;
	if (code)
		log_warn("mls.metadata", LOG_STR("connection_id", connection_id), LOG_ERR(&why));
	arena_free(a);
	return code == E_CANCEL ? err_set(e, E_CANCEL, "stopped") : 0;
}

int metadata_job(struct job *j, struct err *e)
{
	struct str one = STR_NULL;
	struct session *w = worker_session(j->db, e);
	struct result *r;

	json_to_str(json_get(j->payload, "connection_id"), &one);
	struct db_param params[] = {db_str(one)};
	int code = !w
		? e->code
		: session_exec(w, j->arena,
			  "select c.workspace_id, c.id from mls.mls_connections c "
			  "join mls.workspaces w on w.id = c.workspace_id "
			  "where c.token_ciphertext is not null and c.status <> 'paused' and w.status = 'active' "
			  "and ($1::uuid is null or c.id = $1::uuid) order by c.id",
			  1, params, &r, e);
	for (int i = 0; !code && i < result_rows(r); i++)
		code = refresh_one(j, w, result_text(r, i, 0), result_text(r, i, 1), e);
	session_close(w);
	return code;
}
