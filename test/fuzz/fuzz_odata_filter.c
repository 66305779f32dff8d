/* Any bytes as a $filter: what is taken is well-typed, shallow, and holds or does not hold for any row. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "mod/reso/odata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Rows of which every other field is null. */
static struct odata_value value(const struct odata_row *row, const struct odata_field *f)
{
	struct odata_value v = {.type = f->type, .text = STR("Miámi"), .n = 7, .x = 7};

	(void)row;
	return f->index % 2 ? (struct odata_value){0} : v;
}

static bool element(const struct odata_row *row, const struct odata_field *f, size_t i,
	struct odata_value *ret_value)
{
	(void)row;
	*ret_value = (struct odata_value){.type = f->type, .text = STR("Bay")};
	return i < f->index % 3;
}

static bool other(const struct odata_row *row, const struct odata_navigation *n, size_t i,
	struct odata_row *ret_row)
{
	(void)n;
	*ret_row = *row;
	return i < 2;
}

static void check(const struct odata_node *node, unsigned levels)
{
	assert(node && node->levels <= levels && node->at > 0 && node->scope < ODATA_SCOPES);
	for (size_t i = 0; i < node->n; i++) {
		check(node->args[i], levels - 1);
		assert(!node->args[i]->is_list || node->op == ODATA_ANY || node->op == ODATA_ALL ||
			node->op == ODATA_HAS);
	}
	if (node->predicate)
		check(node->predicate, levels - 1);
	assert(node->op != ODATA_FIELD || node->field);
	assert(node->op != ODATA_ALL || node->predicate);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct odata_row_kind kind = {value, element, other};
	static struct odata_model *m;
	struct arena *a = arena_new();
	struct odata_fault f = {.arena = a};
	struct odata_row row = {&kind, NULL};

	if (!m) {
		m = dictionary_model(arena_new());
		odata_model_add_field(m->resources[0],
			&(struct odata_field){.name = STR("Coordinates"), .type = ODATA_POINT});
		odata_model_add_field(m->resources[0],
			&(struct odata_field){.name = STR("Opens"), .type = ODATA_TIME});
	}
	const struct odata_node *node =
		odata_filter_parse(a, m->resources[0], str_from(data, size), 1, &f);
	assert(!node == (f.status != 0));
	if (node) {
		check(node, ODATA_DEPTH);
		bool holds = odata_filter_holds(node, &row, a);
		assert(holds == odata_filter_holds(node, &row, a));
	} else {
		assert(f.message && f.at <= size + 1);
		odata_fault_body(&f);
	}
	arena_free(a);
	return 0;
}
