/* Any bytes as filter_by and as sort_by: what is taken keeps within the limits, what is not is said with a place in the text. */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "mod/search/filter.h"
#include "mod/search/order.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_operand(const struct search_operand *o, enum search_type type)
{
	switch (o->test) {
	case SEARCH_EQUAL:
	case SEARCH_HAS: assert(type != SEARCH_STRING || o->words_n); break;
	case SEARCH_RANGE:
		assert(type != SEARCH_STRING && !isnan(o->low) && !isnan(o->high));
		break;
	case SEARCH_RADIUS: assert(o->radius_m > 0 && isfinite(o->radius_m)); break;
	case SEARCH_POLYGON:
		assert(o->corners_n >= 3);
		for (size_t i = 0; i < o->corners_n; i++)
			assert(fabs(o->corners[i].lat) <= 90 && fabs(o->corners[i].lng) <= 180);
		break;
	}
}

/* How many nodes there are. */
static size_t check(const struct search_filter *f, unsigned levels, size_t size)
{
	assert(levels && f->at <= size);
	switch (f->op) {
	case SEARCH_AND:
	case SEARCH_OR:
		return 1 + check(f->left, levels - 1, size) + check(f->right, levels - 1, size);
	case SEARCH_NOT: return 1 + check(f->left, levels - 1, size);
	case SEARCH_ALL: return 1;
	case SEARCH_MATCH: break;
	}
	assert(f->operands_n && f->field >= 0 && f->field < search_fields_n);
	assert(!(search_fields[f->field].flags & SEARCH_AGENT));
	for (size_t i = 0; i < f->operands_n; i++)
		check_operand(&f->operands[i], search_fields[f->field].type);
	return 1;
}

static void check_refusal(const struct err *e, const char *param, size_t size)
{
	size_t at = 0;

	assert(e->code == E_INPUT || e->code == E_ABSENT);
	assert(!strncmp(e->msg, param, strlen(param)));
	for (const char *p = e->msg + strlen(param); *p >= '0' && *p <= '9'; p++)
		at = at * 10 + (size_t)(*p - '0');
	assert(at >= 1 && at <= size + 1);
	for (const char *p = e->msg; *p; p++)
		assert((unsigned char)*p >= ' ');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct str text = str_from(data, size);
	const struct search_filter *f;
	struct search_query q = {.who = SEARCH_PUBLIC};

	if (search_filter_read(a, text, SEARCH_PUBLIC, &f, &e))
		check_refusal(&e, "filter_by at ", size);
	else if (f)
		assert(check(f, SEARCH_FILTER_DEPTH, size) <= SEARCH_FILTER_NODES);
	err_clear(&e);
	if (search_order_read(a, text, &q, &e)) {
		check_refusal(&e, "sort_by at ", size);
		arena_free(a);
		return 0;
	}
	assert(q.sorts_n <= SEARCH_SORTS_MAX);
	for (size_t i = 0; i < q.sorts_n; i++)
		for (size_t k = 0; k < q.sorts[i].evals_n; k++)
			check(q.sorts[i].evals[k].filter, SEARCH_FILTER_DEPTH, size);
	arena_free(a);
	return 0;
}
