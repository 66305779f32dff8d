/* Listings of a bucket; the work is done in SQL (sql/live/81_storage_functions.sql). */
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/storage/storage_local.h"

#define LIST_MAX 1000

struct order {
	struct str column;
	bool is_descending;
};

/* "sortBy": {"column": …, "order": …} */
static int read_order(struct storage_call *c, struct order *ret_order)
{
	static const char *const columns[] = {"name", "id", "created_at", "updated_at",
		"last_accessed_at"};
	const struct json *by = json_get(c->body, "sortBy");
	struct str column, way;

	*ret_order = (struct order){.column = STR("name")};
	if (json_to_str(json_get(by, "order"), &way))
		ret_order->is_descending = str_eq_nocase(way, STR("desc"));
	if (!json_to_str(json_get(by, "column"), &column) || !column.len)
		return 0;
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		if (str_eq(column, str_of(columns[i]))) {
			ret_order->column = column;
			return 0;
		}
	return storage_fault(c, "InvalidRequest",
		"body/sortBy/column must be name, id, created_at, updated_at or last_accessed_at");
}

static int read_count(struct storage_call *c, const char *name, int64_t fallback, int64_t most,
	int64_t *ret_n)
{
	if (storage_body_int(c, name, fallback, ret_n))
		return -1;
	if (*ret_n < 0)
		return storage_fault(c, "InvalidRequest", "body/%s must be >= 0", name);
	if (*ret_n > most)
		*ret_n = most;
	return 0;
}

/* "/a//b/" and "a//b" are the folder "a/b/"; the top is "". */
static struct str folder_of(struct arena *a, struct str prefix)
{
	struct str folder = STR("");

	for (struct str rest = prefix; rest.p;) {
		struct str part = str_cut(&rest, '/');
		if (part.len)
			folder = STR_JOIN(a, folder, part, STR("/"));
	}
	return folder;
}

static int answer(struct storage_call *c, struct batch *b)
{
	return storage_run(c, b)
		? -1
		: storage_reply_text(c, 200, result_text(batch_result(b, 0), 0, 0));
}

int storage_list_objects(struct storage_call *c)
{
	struct batch *b = storage_batch(c, false);
	struct str prefix, search;
	struct order order;
	int64_t limit, offset;

	if (storage_body_str(c, "prefix", &prefix) || storage_body_str(c, "search", &search) ||
		read_count(c, "limit", 100, LIST_MAX, &limit) ||
		read_count(c, "offset", 0, INT32_MAX, &offset) || read_order(c, &order))
		return -1;
	batch_read_only(b);
	batch_add(b, "select storage.list_objects($1, $2, $3, $4, $5, $6, $7)", 7,
		(struct db_param[]){db_str(c->bucket), db_str(folder_of(c->arena, prefix)),
			db_str(search.p ? search : STR("")), db_i64(c->arena, limit),
			db_i64(c->arena, offset), db_str(order.column),
			db_bool(order.is_descending)});
	return answer(c, b);
}

int storage_list_pages(struct storage_call *c)
{
	struct batch *b = storage_batch(c, false);
	struct str prefix, cursor;
	struct order order;
	bool is_nested;
	int64_t limit;

	if (storage_body_str(c, "prefix", &prefix) || storage_body_str(c, "cursor", &cursor) ||
		storage_body_bool(c, "with_delimiter", false, &is_nested) ||
		read_count(c, "limit", LIST_MAX, LIST_MAX, &limit) || read_order(c, &order))
		return -1;
	if (!limit)
		return storage_fault(c, "InvalidRequest", "body/limit must be >= 1");
	batch_read_only(b);
	batch_add(b, "select storage.list_pages($1, $2, $3, $4, $5, $6, $7)", 7,
		(struct db_param[]){db_str(c->bucket), db_str(prefix.p ? prefix : STR("")),
			db_bool(is_nested), db_i64(c->arena, limit), db_str(order.column),
			db_bool(order.is_descending), db_str(cursor.len ? cursor : STR_NULL)});
	return answer(c, b);
}
