/* A byte that says what is sent where, then any bytes as the body: whatever is taken has as many values as its shape says, and every
 * array among them is whole. */
#include <arpa/inet.h>
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "db/db.h"
#include "mod/rest/cache.h"
#include "mod/rest/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const kinds[] = {"application/json", "text/csv",
	"application/x-www-form-urlencoded", "text/plain", "application/octet-stream", ""};

#define NAMED(s) .name = {STR_INIT(s)}, .sql = {STR_INIT(s)}

static const struct rest_type int4 = {.oid = 23, NAMED("int4"), .typtype = 'b'},
			      text = {.oid = 25, NAMED("text"), .typtype = 'b'},
			      json = {.oid = 114, NAMED("json"), .typtype = 'b'},
			      jsonb = {.oid = 3802, NAMED("jsonb"), .typtype = 'b'},
			      float8 = {.oid = 701, NAMED("float8"), .typtype = 'b'},
			      boolean = {.oid = 16, NAMED("bool"), .typtype = 'b'},
			      numeric = {.oid = 1700, NAMED("numeric"), .typtype = 'b'},
			      date = {.oid = 1082, NAMED("date"), .typtype = 'b'},
			      timestamptz = {.oid = 1184, NAMED("timestamptz"), .typtype = 'b'},
			      uuid = {.oid = 2950, NAMED("uuid"), .typtype = 'b'},
			      ints = {.oid = 1007,
				      NAMED("int4[]"),
				      .typtype = 'b',
				      .element = &int4},
			      pair = {.oid = 99990, NAMED("pair"), .typtype = 'c', .relation = 1},
			      word = {.oid = 99991,
				      NAMED("word"),
				      .typtype = 'd',
				      .base = &text,
				      .from_json = {STR_INIT("word_of")}};

static struct rest_column columns[] = {
	{NAMED("a"), .number = 1, .type = &int4},
	{NAMED("b"), .number = 2, .type = &text},
	{NAMED("c"), .number = 3, .type = &json},
	{NAMED("d"), .number = 4, .type = &jsonb},
	{NAMED("e"), .number = 5, .type = &float8},
	{NAMED("f"), .number = 6, .type = &boolean},
	{NAMED("g"), .number = 7, .type = &uuid},
	{NAMED("h"), .number = 8, .type = &ints},
	{NAMED("i"), .number = 9, .type = &pair},
	{NAMED("j"), .number = 10, .type = &word},
	{NAMED("k"), .number = 11, .type = &numeric},
	{NAMED("l"), .number = 12, .type = &date},
	{NAMED("m"), .number = 13, .type = &timestamptz},
};

static struct rest_table table = {.schema = {STR_INIT("s")},
	.name = {STR_INIT("t")},
	.columns = columns,
	.n = sizeof columns / sizeof *columns};

static uint32_t number_at(const char *p)
{
	uint32_t n;

	memcpy(&n, p, sizeof(n));
	return ntohl(n);
}

/* One dimension of n elements that fill it exactly. */
static void is_whole_array(const struct db_param *p, size_t n)
{
	size_t at = 20;

	assert(p->len >= 20 && number_at(p->p) == 1 && number_at(p->p + 12) == n);
	for (size_t i = 0; i < n; i++) {
		uint32_t len = number_at(p->p + at);
		at += 4 + (len == UINT32_MAX ? 0 : len);
		assert(at <= (size_t)p->len);
	}
	assert(at == (size_t)p->len);
}

static void look_at(const struct rest_request *r)
{
	const struct rest_body *b = &r->body;

	for (size_t i = 0; i < b->n_fields && b->n_rows; i++) {
		const struct rest_body_field *f = &b->fields[i];
		if (f->way == REST_WAY_UNSET)
			continue;
		assert(f->param >= 0 && (size_t)f->param < r->values.n);
		if (b->is_bulk)
			is_whole_array(&r->values.v[f->param], b->n_rows);
		if (f->given >= 0)
			is_whole_array(&r->values.v[f->given], b->n_rows);
	}
}

static void ask_columns(struct arena *a, struct rest_request *r)
{
	static const char *const names[] = {"c", "a", "i"};
	struct rest_name **end = &r->query.columns;

	r->query.has_columns = true;
	for (size_t i = 0; i < 3; i++) {
		struct rest_name *n = ARENA_NEW(a, struct rest_name);
		n->name = str_of(names[i]);
		*end = n;
		end = &n->next;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum rest_method methods[] = {REST_POST, REST_PATCH, REST_PUT, REST_POST};
	struct arena *a = arena_new();
	struct buf shape;
	unsigned how = size ? *data : 0;
	struct rest_request r = {.arena = a,
		.fault.arena = a,
		.values.arena = a,
		.table = &table,
		.method = methods[how / 6 & 3],
		.target = how & 128 ? REST_TARGET_CALL : REST_TARGET_TABLE};

	buf_init(&shape, 0);
	if (how & 64) {
		ask_columns(a, &r);
		r.prefer.missing = REST_MISSING_DEFAULT;
	}
	bool ok = rest_body_parse(&r, str_of(kinds[how % 6]),
			  size ? str_from(data + 1, size - 1) : STR("")) == 0;
	if (ok && r.target == REST_TARGET_TABLE)
		ok = rest_body_shape(&r, &shape) == 0;
	assert(ok ? !r.fault.status : r.fault.status == 400);
	if (ok)
		look_at(&r);
	buf_done(&shape);
	arena_free(a);
	return 0;
}
