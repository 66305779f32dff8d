/* Any bytes: the first line a path, the rest a query. What is taken has a link that leads to the same. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "mod/reso/odata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void query(struct arena *a, const struct odata_resource *r, struct str text)
{
	struct odata_manners manners = {.options = ODATA_OPT_ALL,
		.where = "x",
		.link_key = STR("0123456789abcdef"),
		.link_audience = STR("me")};
	struct odata_fault f = {.arena = a};
	struct odata_query q, again;

	if (odata_query_parse(a, r, text, &manners, &q, &f)) {
		assert(f.status >= 400 && f.message);
		odata_fault_body(&f);
		return;
	}
	struct odata_link link = {q.options, STR("c")};
	struct str token = odata_link_seal(a, manners.link_key, manners.link_audience, &link);
	int code = odata_query_parse(a, r, STR_JOIN(a, STR("$skiptoken="), token), &manners, &again,
		&f);
	assert(code == 0 && str_eq(again.cursor, STR("c")) && str_eq(again.options, q.options));
	assert(again.top == q.top && again.skip == q.skip && again.orders_n == q.orders_n);
	assert(!again.filter == !q.filter && str_eq(again.filter_text, q.filter_text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct odata_model *m;
	struct arena *a = arena_new();
	struct str rest = str_from(data, size), path = str_cut(&rest, '\n');
	struct odata_fault f = {.arena = a};
	struct odata_path p;

	if (!m)
		m = dictionary_model(arena_new());
	int code = odata_path_parse(a, m, path, &p, &f);
	assert((code != 0) == (f.status != 0));
	query(a, !code && p.resource ? p.resource : m->resources[0], rest);
	odata_query_prefer(rest);
	arena_free(a);
	return 0;
}
