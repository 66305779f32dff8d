/* The cursor of a page, as a client sends it: what is taken has a value for each column of the order, and is taken the same twice. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "mod/rest/cache.h"
#include "mod/rest/keyset.h"
#include "mod/rest/request.h"

static int prepare(struct rest_request *r, struct arena *a, struct str cursor)
{
	static const struct rest_column id = {.name = {STR_INIT("id")}};
	static const struct rest_column *const pk[] = {&id};
	static struct rest_table table = {.sql = {STR_INIT("\"test\".\"films\"")}, .n_pk = 1};
	static struct rest_order order = {.field.name = {STR_INIT("title")}};
	struct buf shape;

	table.pk = (const struct rest_column **)(void *)pk;
	*r = (struct rest_request){.arena = a,
		.table = &table,
		.target = REST_TARGET_TABLE,
		.fault.arena = a,
		.values.arena = a,
		.query.root.order = &order,
		.query.has_after = true,
		.query.after = cursor};
	buf_init(&shape, 0);
	int code = rest_keyset_prepare(r, &shape);
	if (code == 0 && cursor.len && shape.len != 2)
		abort();
	buf_done(&shape);
	return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str cursor = str_from(arena_dup(a, data, size), size);
	struct rest_request first, again;
	int code = prepare(&first, a, cursor);

	if (code != prepare(&again, a, cursor) || first.values.n != again.values.n)
		abort();
	if (code && first.fault.status != 400)
		abort();
	for (int i = 0; code == 0 && size && i < 2; i++)
		if (first.query.after_params[i] >= (int)first.values.n)
			abort();
	arena_free(a);
	return 0;
}
