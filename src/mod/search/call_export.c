/* All documents, or those of a filter, one JSON a line (JSONL), in the order of their ids and in memory that does not grow with them.
 *
 * The table is walked by its key, a part at a time; of each part the index says which ones the filter is true for, and the database what
 * may be shown of them. */
#include <string.h>

#include "app/module.h"
#include "app/req_fiber.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/db.h"
#include "db/result.h"
#include "http/reply.h"
#include "http/request.h"
#include "mod/search/asked.h"
#include "mod/search/call.h"
#include "mod/search/document.h"
#include "mod/search/filter.h"
#include "mod/search/search.h"
#include "mod/search/search_local.h"

#define PART 500
#define NO_LISTING "00000000-0000-0000-0000-000000000000"

struct export
{
	struct search_call *call;
	struct search_look look;
	struct search_query query;
	const struct search_filter *filter; /* NULL: all */
	size_t left;                        /* documents that may still be shown */
	char after[UUID_SIZE];
	bool is_over, has_begun;
};

/* --- a part --------------------------------------------------------------------------------------- */

static int next_ids(struct export *x, struct arena *a, uint8_t (*ids)[16], size_t *ret_n,
	struct err *e)
{
	static const struct stmt walk = {"search_export",
		"select id from mls.listings where workspace_id = $1 and id > $2 and is_active order by id limit $3"};
	struct batch *b = batch_new(a);
	struct uuid id;

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_read_only(b);
	batch_add_prepared(b, &walk, 3,
		(struct db_param[]){db_text(x->call->who.workspace), db_text(x->after),
			db_i64(a, PART)});
	if (db_run(x->call->site->db, b, e))
		return e->code;
	const struct result *r = batch_result(b, 0);
	int n = result_rows(r);
	for (int i = 0; i < n; i++)
		if (uuid_parse(result_text(r, i, 0), &id))
			memcpy(ids[i], id.b, sizeof id.b);
	if (n)
		uuid_format(x->after, id);
	x->is_over = n < PART;
	*ret_n = (size_t)n;
	return 0;
}

static const struct search_filter *one_of(struct export *x, struct arena *a,
	const uint8_t (*ids)[16], size_t n, struct err *e)
{
	const struct search_filter *filter = NULL;
	char text[UUID_SIZE];
	struct uuid id;
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < n; i++) {
		memcpy(id.b, ids[i], sizeof id.b);
		buf_cstr(&b, i ? "," : "id:=[");
		buf_cstr(&b, uuid_format(text, id));
	}
	buf_char(&b, ']');
	struct str list = str_copy(a, buf_view(&b));
	buf_done(&b);
	return search_filter_read(a, list, x->call->who.who, &filter, e) ? NULL : filter;
}

static bool has(const struct search_result *r, const uint8_t id[16])
{
	for (size_t i = 0; i < r->hits_n; i++)
		if (!memcmp(r->hits[i].id, id, 16))
			return true;
	return false;
}

static int choose(struct export *x, struct arena *a, uint8_t (*ids)[16], size_t *n, struct err *e)
{
	struct search_result found = {0};
	struct search_query q = x->query;
	size_t kept = 0;

	if (!x->filter || !*n)
		return 0;
	const struct search_filter *these = one_of(x, a, (const uint8_t(*)[16])ids, *n, e);
	if (e->code)
		return e->code;
	q.filter = search_filter_both(a, these, x->filter);
	q.limit = PART;
	if (search_run(x->call->site->service, str_of(x->call->who.workspace), &q, a, &found, e))
		return e->code;
	for (size_t i = 0; i < *n; i++)
		if (has(&found, ids[i]))
			memmove(ids[kept++], ids[i], 16);
	*n = kept;
	return 0;
}

static int send(struct export *x, struct search_documents *d, struct err *e)
{
	int rows = d->rows ? result_rows(d->rows) : 0;
	struct buf b;

	buf_init(&b, 0);
	for (int i = 0; i < rows && x->left; i++, x->left--) {
		struct jsonw w = jsonw_to(&b);
		search_document_write(&(struct search_document){.rows = d, .row = i}, &x->look, &w);
		buf_char(&b, '\n');
	}
	if (!x->has_begun) {
		http_reply_header(x->call->http, "Content-Type", STR("application/octet-stream"));
		http_reply_header(x->call->http, "Cache-Control", STR("no-store"));
		http_reply_begin(x->call->http, 200);
		x->has_begun = true;
	}
	int code = b.len ? req_fiber_write(x->call->req, buf_view(&b)) : 0;
	buf_done(&b);
	return code ? err_set(e, E_CANCEL, "the client has gone") : 0;
}

static int export_part(struct export *x, struct arena *a, struct err *e)
{
	uint8_t(*ids)[16] = arena_alloc(a, PART * sizeof *ids);
	struct search_documents d;
	size_t n;

	if (next_ids(x, a, ids, &n, e) || choose(x, a, ids, &n, e) ||
		search_document_fetch(a, &x->call->who, &x->look, (const uint8_t(*)[16])ids, n, &d,
			e))
		return e->code;
	return send(x, &d, e);
}

/* --- the whole ------------------------------------------------------------------------------------ */

static int prepare(struct export *x)
{
	struct search_call *c = x->call;
	const struct json *all = json_parse(c->arena, STR("{\"q\":\"*\"}"), &c->err);
	struct str filter = json_scalar(json_get(c->url, "filter_by"));
	struct search_notice notice = {0};

	if (search_call_collection(c) ||
		search_look_read(c->arena, c->url, NULL, c->who.who, &x->look, &c->err) ||
		search_query_read(c->arena, all, c->who.who, &x->query, &c->err) ||
		search_filter_read(c->arena, filter.p ? filter : STR(""), c->who.who, &x->filter,
			&c->err))
		return -1;
	x->look.marked_n = 0;
	x->left = SIZE_MAX;
	if (c->who.who != SEARCH_PUBLIC)
		return 0;
	if (search_document_notice(c->arena, c->who.workspace, &notice, &c->err))
		return -1;
	if (notice.most)
		x->left = notice.most;
	return 0;
}

int search_call_export(struct search_call *c)
{
	struct export *x = ARENA_NEW(c->arena, struct export);

	*x = (struct export){.call = c, .after = NO_LISTING};
	if (prepare(x))
		return -1;
	while (!x->is_over && x->left && !c->err.code) {
		struct arena *a = arena_new();
		struct err e = {.arena = a};
		if (export_part(x, a, &e)) /* its words outlive the part */
			err_set(&c->err, (enum err_code)e.code, "%s",
				arena_printf(c->arena, "%s", e.msg));
		arena_free(a);
	}
	if (!c->err.code)
		http_reply_end(c->http);
	else if (!x->has_begun)
		return -1;
	else if (c->err.code == E_CANCEL)
		http_drop(c->http);
	else
		http_reply_err(c->http, &c->err); /* cut off: nobody takes it for all */
	return 0;
}
