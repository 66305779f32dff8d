/* Objects go: the row at once, the bytes by a job that the row's trigger puts in (sql/live/81_storage_functions.sql). */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/storage/name.h"
#include "mod/storage/storage_local.h"

#define REMOVE_MAX 1000

int storage_remove_one(struct storage_call *c)
{
	struct batch *b = storage_batch(c, false);

	batch_add(b, "delete from storage.objects where bucket_id = $1 and name = $2", 2,
		(struct db_param[]){db_str(c->bucket), db_str(c->name)});
	if (storage_run(c, b))
		return -1;
	if (!result_affected(batch_result(b, 0)))
		return storage_fault_absent(c);
	return storage_reply_message(c, "Successfully deleted");
}

/* "a/b.jpg", or {"path": "a/b.jpg", "versionId": …}. */
static int read_entry(struct storage_call *c, const struct json *v, struct jsonw *w)
{
	struct str name, version = STR_NULL;

	if (json_type(v) == JSON_OBJECT) {
		json_to_str(json_get(v, "versionId"), &version);
		v = json_get(v, "path");
	}
	if (!json_to_str(v, &name) || !name.len)
		return storage_fault(c, "InvalidRequest", "body/prefixes must be of strings");
	if (!storage_name_is_object(name))
		return storage_fault_key(c, name);
	jsonw_obj(w);
	jsonw_key(w, "name"), jsonw_str(w, name);
	jsonw_key(w, "version"), jsonw_str(w, version);
	jsonw_end(w);
	return 0;
}

static int read_entries(struct storage_call *c, struct str *ret_json)
{
	const struct json *entries = json_get(c->body, "prefixes");
	struct buf b;
	int rc = 0;

	if (json_type(entries) != JSON_ARRAY || !json_len(entries) ||
		json_len(entries) > REMOVE_MAX)
		return storage_fault(c, "InvalidRequest", "body/prefixes must be array of 1 to %d",
			REMOVE_MAX);
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_arr(&w);
	for (struct json_iter it = json_each(entries); !rc && json_next(&it);)
		rc = read_entry(c, it.value, &w);
	if (!rc) {
		jsonw_end(&w);
		*ret_json = str_copy(c->arena, buf_view(&b));
	}
	buf_done(&b);
	return rc;
}

/* What is not there, or not the caller's to delete, is not in the answer. */
int storage_remove_many(struct storage_call *c)
{
	struct batch *b = storage_batch(c, false);
	struct str entries;

	if (read_entries(c, &entries))
		return -1;
	batch_add(b,
		"with gone as (delete from storage.objects o"
		"  using jsonb_to_recordset($2::jsonb) as x (name text, version text)"
		"  where o.bucket_id = $1 and o.name = x.name and (x.version is null or o.version = x.version)"
		"  returning storage.object_json(o) as o)"
		" select coalesce(jsonb_agg(g.o), '[]') from gone g",
		2, (struct db_param[]){db_str(c->bucket), db_str(entries)});
	if (storage_run(c, b))
		return -1;
	return storage_reply_text(c, 200, result_text(batch_result(b, 0), 0, 0));
}
