/* What a hit brings along of its document, so that nobody has to ask the database for it. */
#include <math.h>

#include "base/arena.h"
#include "mod/search/index_column.h"
#include "mod/search/run_local.h"

bool search_index_keeps(int field)
{
	const struct search_field *f = &search_fields[field];

	return f->type != SEARCH_STRING || f->flags & SEARCH_FACET;
}

static bool value_of(const struct search_run *r, int field, uint32_t doc, struct search_value *ret)
{
	const struct search_column *c = &r->ix->columns[field];
	struct str text;

	*ret = (struct search_value){0};
	if (!search_run_sees(r, field, doc))
		return true;
	switch (c->type) {
	case SEARCH_STRING:
		if (!search_column_written(c, doc, &text))
			return false;
		ret->is_there = text.p != NULL;
		ret->text = str_copy(r->arena, text);
		return true;
	case SEARCH_GEOPOINT:
		ret->point = c->points[doc];
		ret->is_there = !isnan(ret->point.lat);
		return true;
	case SEARCH_INT32:
	case SEARCH_INT64:
	case SEARCH_FLOAT:
	case SEARCH_BOOL: break;
	}
	ret->number = c->numbers[doc];
	ret->is_there = !isnan(ret->number);
	return true;
}

bool search_run_values(const struct search_run *r, uint32_t doc, const struct search_value **ret)
{
	uint64_t wanted = r->q->wanted;
	struct search_value *v =
		arena_array(r->arena, (size_t)__builtin_popcountll(wanted), sizeof *v);
	bool has_all = true;

	*ret = v;
	for (; wanted; wanted &= wanted - 1)
		has_all &= value_of(r, __builtin_ctzll(wanted), doc, v++);
	return has_all;
}

const struct search_value *search_index_value(const struct search_query *q,
	const struct search_hit *h, int field)
{
	return &h->values[__builtin_popcountll(q->wanted & ((UINT64_C(1) << field) - 1))];
}
