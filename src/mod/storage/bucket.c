/* Buckets: made, seen, changed and deleted as row level security lets the caller. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/storage/name.h"
#include "mod/storage/size.h"
#include "mod/storage/sniff.h"
#include "mod/storage/storage_local.h"

#define TYPES_MAX 100

#define BUCKET_JSON                                                                            \
	"jsonb_build_object('id', b.id, 'name', b.name, 'owner', coalesce(b.owner::text, '')," \
	" 'public', b.public, 'file_size_limit', b.file_size_limit, 'allowed_mime_types',"     \
	" b.allowed_mime_types, 'created_at', b.created_at, 'updated_at', b.updated_at)"

/* What a client says about a bucket. has_*: the member is there, null included. */
struct wish {
	bool is_public, has_public, has_limit, has_types;
	int64_t limit;    /* 0: none */
	struct str types; /* an array of PostgreSQL as JSON; absent: any */
};

/* A number, or text as "20mb". */
static int read_limit(struct storage_call *c, struct wish *w)
{
	const struct json *v = json_get(c->body, "file_size_limit");
	struct str text;

	w->has_limit = v != NULL;
	if (!v || json_type(v) == JSON_NULL)
		return 0;
	bool is_good = json_to_str(v, &text) ? storage_size_parse(text, &w->limit)
					     : json_to_i64(v, &w->limit) && w->limit >= 0;
	if (!is_good)
		return storage_fault(c, "InvalidRequest",
			"file_size_limit must be a number of bytes, or text such as 20MB");
	if (w->limit > c->storage->max_bytes)
		return storage_fault(c, "EntityTooLarge",
			"The bucket's limit is larger than the server's of %lld bytes",
			(long long)c->storage->max_bytes);
	return 0;
}

static bool is_pattern(struct storage_call *c, struct str type)
{
	if (str_eq(type, STR("*")) || str_eq(type, STR("*/*")))
		return true;
	if (str_ends(type, STR("/*")))
		type = STR_JOIN(c->arena, str_sub(type, 0, type.len - 1), STR("x"));
	return sniff_bare(c->arena, type).p;
}

static int read_types(struct storage_call *c, struct wish *w)
{
	const struct json *v = json_get(c->body, "allowed_mime_types");
	struct str type;

	w->has_types = v != NULL;
	if (!v || json_type(v) == JSON_NULL)
		return 0;
	if (json_type(v) != JSON_ARRAY || json_len(v) > TYPES_MAX)
		return storage_fault(c, "InvalidRequest",
			"body/allowed_mime_types must be array of at most %d", TYPES_MAX);
	for (struct json_iter it = json_each(v); json_next(&it);)
		if (!json_to_str(it.value, &type) || !is_pattern(c, type))
			return storage_fault(c, "InvalidMimeType",
				"mime type " STR_FMT " is not supported",
				STR_ARG(json_scalar(it.value)));
	w->types = json_text_dup(c->arena, v);
	return 0;
}

static int read_wish(struct storage_call *c, struct wish *w)
{
	*w = (struct wish){.has_public = json_get(c->body, "public") != NULL};
	if (storage_body_bool(c, "public", false, &w->is_public) || read_limit(c, w))
		return -1;
	return read_types(c, w);
}

static struct db_param limit_param(struct storage_call *c, const struct wish *w)
{
	return w->limit ? db_i64(c->arena, w->limit) : db_null();
}

#define TYPES_ARRAY(n)                                                                      \
	"case when " n "::jsonb is not null then array(select jsonb_array_elements_text(" n \
	"::jsonb)) end"

int storage_bucket_create(struct storage_call *c)
{
	struct batch *b = storage_batch(c, false);
	struct str id, name;
	struct wish w;
	struct buf out;

	if (storage_body_str(c, "id", &id) || storage_body_need(c, "name", &name) ||
		read_wish(c, &w))
		return -1;
	if (!id.len)
		id = name;
	if (!storage_name_is_bucket(id) || !str_eq(id, name))
		return storage_fault(c, "InvalidBucketName", "Bucket name invalid");
	batch_add(b,
		"insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)"
		" values ($1, $1, $2, $3, " TYPES_ARRAY("$4") ")",
		4,
		(struct db_param[]){db_str(id), db_bool(w.is_public), limit_param(c, &w),
			db_str(w.types)});
	if (storage_run(c, b))
		return -1;
	buf_init(&out, 0);
	struct jsonw j = jsonw_to(&out);
	jsonw_obj(&j);
	jsonw_key(&j, "name"), jsonw_str(&j, id);
	jsonw_end(&j);
	storage_reply(c, 200, &out);
	buf_done(&out);
	return 0;
}

/* --- seen ----------------------------------------------------------------------------------------- */

static int query_int(struct storage_call *c, const char *name, int64_t fallback, int64_t *ret_n)
{
	struct str text = storage_query(c, name);

	*ret_n = fallback;
	if (text.len && (!str_to_i64(text, ret_n) || *ret_n < 0))
		return storage_fault(c, "InvalidRequest", "querystring/%s must be a whole number",
			name);
	return 0;
}

static const char *order_of(struct storage_call *c)
{
	static const char *const columns[] = {"id", "name", "created_at", "updated_at"};
	struct str column = storage_query(c, "sortColumn"), order = storage_query(c, "sortOrder");

	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		if (str_eq(column, str_of(columns[i])))
			return arena_printf(c->arena, "b.%s %s", columns[i],
				str_eq_nocase(order, STR("desc")) ? "desc" : "asc");
	return "b.id";
}

int storage_bucket_list(struct storage_call *c)
{
	struct batch *b = storage_batch(c, false);
	struct str search = storage_query(c, "search");
	int64_t limit, offset;

	if (query_int(c, "limit", 1000, &limit) || query_int(c, "offset", 0, &offset))
		return -1;
	const char *order = order_of(c);
	batch_read_only(b);
	batch_add(b,
		arena_printf(c->arena,
			"select coalesce(jsonb_agg(" BUCKET_JSON " order by %s), '[]') from"
			" (select * from storage.buckets b where $1::text is null"
			"   or strpos(lower(b.id), lower($1)) > 0 order by %s limit $2 offset $3) b",
			order, order),
		3,
		(struct db_param[]){db_str(search), db_i64(c->arena, limit),
			db_i64(c->arena, offset)});
	if (storage_run(c, b))
		return -1;
	return storage_reply_text(c, 200, result_text(batch_result(b, 0), 0, 0));
}

int storage_bucket_get(struct storage_call *c)
{
	struct batch *b = storage_batch(c, false);

	batch_read_only(b);
	batch_add(b, "select " BUCKET_JSON " from storage.buckets b where b.id = $1", 1,
		(struct db_param[]){db_str(c->bucket)});
	if (storage_run(c, b))
		return -1;
	if (!result_rows(batch_result(b, 0)))
		return storage_fault_bucket(c);
	return storage_reply_text(c, 200, result_text(batch_result(b, 0), 0, 0));
}

/* --- changed -------------------------------------------------------------------------------------- */

int storage_bucket_update(struct storage_call *c)
{
	struct batch *b = storage_batch(c, false);
	struct wish w;

	if (read_wish(c, &w))
		return -1;
	batch_add(b,
		"update storage.buckets b set public = case when $2 then $3 else public end,"
		" file_size_limit = case when $4 then $5 else file_size_limit end,"
		" allowed_mime_types = case when $6 then " TYPES_ARRAY(
			"$7") " else allowed_mime_types end where b.id = $1",
		7,
		(struct db_param[]){db_str(c->bucket), db_bool(w.has_public), db_bool(w.is_public),
			db_bool(w.has_limit), limit_param(c, &w), db_bool(w.has_types),
			db_str(w.types)});
	if (storage_run(c, b))
		return -1;
	if (!result_affected(batch_result(b, 0)))
		return storage_fault_bucket(c);
	return storage_reply_message(c, "Successfully updated");
}

static bool is_in_use(const struct batch *b)
{
	const struct db_error *why = batch_db_error(b);

	return why && !strcmp(why->sqlstate, "23503");
}

int storage_bucket_delete(struct storage_call *c)
{
	struct batch *b = storage_batch(c, false);
	struct err e = {.arena = c->arena};

	batch_add(b, "delete from storage.buckets where id = $1", 1,
		(struct db_param[]){db_str(c->bucket)});
	if (db_run(c->db, b, &e))
		return is_in_use(b) ? storage_fault(c, "BucketNotEmpty",
					      "The bucket you tried to delete is not empty")
				    : storage_fail_batch(c, b);
	if (!result_affected(batch_result(b, 0)))
		return storage_fault_bucket(c);
	return storage_reply_message(c, "Successfully deleted");
}

/* Who may change the bucket may empty it: a lock for update takes the policy for updates. */
int storage_bucket_empty(struct storage_call *c)
{
	struct batch *may = storage_batch(c, false), *b = storage_batch(c, true);

	batch_add(may, "select from storage.buckets where id = $1 for update", 1,
		(struct db_param[]){db_str(c->bucket)});
	if (storage_run(c, may))
		return -1;
	if (!result_rows(batch_result(may, 0)))
		return storage_fault_bucket(c);
	batch_add(b,
		"select plat.enqueue('storage.empty_bucket', jsonb_build_object('bucket', b.id, 'before', now()),"
		" b.workspace_id, b.id) from storage.buckets b where b.id = $1",
		1, (struct db_param[]){db_str(c->bucket)});
	if (storage_run(c, b))
		return -1;
	return storage_reply_message(c,
		"Empty bucket has been queued. Completion may take up to an hour.");
}
