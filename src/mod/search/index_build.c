#include "mod/search/index_build.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "mod/search/index_column.h"
#include "mod/search/index_dict.h"
#include "mod/search/index_local.h"
#include "mod/search/index_words.h"
#include "mod/search/words.h"

#define TOGETHER 16 /* documents whose folded values are in memory */

void search_index_build(struct search_index *ix)
{
	assert(!ix->docs_n);
	for (int i = 0; i < search_fields_n; i++) {
		if (!ix->postings[i])
			continue;
		search_postings_build(ix->postings[i]);
		search_dict_build(ix->columns[i].dict);
	}
}

/* Of several with one id the last one says where it is. */
void search_index_build_number(struct search_index *ix, const struct search_doc *docs, size_t n,
	uint32_t *ret_numbers)
{
	struct search_doc bare = {0};

	for (size_t i = 0; i < n; i++) {
		memcpy(bare.id, docs[i].id, sizeof(bare.id));
		bare.is_public = docs[i].is_public;
		bare.is_address_public = docs[i].is_address_public;
		if (ix->place_field >= 0)
			bare.values[ix->place_field] = docs[i].values[ix->place_field];
		search_index_put(ix, &bare);
	}
	for (size_t i = 0; i < n; i++)
		ret_numbers[i] = search_index_number(ix, docs[i].id);
}

/* A text on its way into its column. */
struct putting {
	uint32_t doc;
	struct str folded, shown;
	uint64_t hash;
};

static void put_text(struct search_index *ix, struct arena *a, int field, const struct putting *t)
{
	struct search_column *c = &ix->columns[field];
	uint8_t none;

	search_postings_put(ix->postings[field], a, t->doc, STR_NULL, t->folded);
	if (c->ids[t->doc] != SEARCH_NONE)
		search_column_put_text(c, t->doc, t->folded, t->shown);
	else if (t->folded.p)
		c->ids[t->doc] = search_dict_join_hashed(c->dict, t->doc, t->folded, t->hash,
			t->shown, c->spellings ? &c->spellings[t->doc] : &none);
}

/* Memory that is needed soon is asked for before, of several at once. */
static void put_some(struct search_index *ix, int field, const struct search_doc *docs, size_t n,
	const uint32_t *numbers, struct arena *a)
{
	const struct search_column *c = &ix->columns[field];
	struct putting texts[TOGETHER];

	for (size_t i = 0; i < n; i++) {
		struct str shown = docs[i].values[field];
		struct str folded = shown.p ? search_words_joined(a, shown) : STR_NULL;
		uint64_t hash = shown.p ? search_dict_hash(c->dict, folded) : 0;
		__builtin_prefetch(&c->ids[numbers[i]]);
		texts[i] = (struct putting){numbers[i], folded, shown, hash};
	}
	for (size_t i = 0; i < n; i++)
		put_text(ix, a, field, &texts[i]);
	arena_reset(a);
}

static void put_texts(struct search_index *ix, int field, const struct search_doc *docs, size_t n,
	const uint32_t *numbers)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < n; i += TOGETHER)
		put_some(ix, field, docs + i, n - i < TOGETHER ? n - i : TOGETHER, numbers + i, a);
	arena_free(a);
}

void search_index_build_put(struct search_index *ix, int field, const struct search_doc *docs,
	size_t n, const uint32_t *numbers)
{
	struct search_column *c = &ix->columns[field];

	if (ix->postings[field])
		put_texts(ix, field, docs, n, numbers);
	for (size_t i = 0; !ix->postings[field] && i < n; i++)
		search_column_put_number(c, numbers[i], docs[i].values[field]);
}

void search_index_build_field(struct search_index *ix, int field)
{
	struct search_column *c = &ix->columns[field];

	if (!ix->postings[field])
		return;
	search_dict_built(c->dict, c->ids, ix->docs_n);
	search_postings_built(ix->postings[field], ix->docs_n);
}

/* Long texts, then texts of which each listing has another, then the rest. */
static int turn_of(const struct search_field *f)
{
	return f->flags & SEARCH_TEXT      ? 0
		: f->type != SEARCH_STRING ? 3
		: f->flags & SEARCH_FACET  ? 2
					   : 1;
}

int search_index_build_turn(int i)
{
	for (int turn = 0; turn <= 3; turn++)
		for (int field = 0; field < search_fields_n; field++)
			if (turn_of(&search_fields[field]) == turn && !i--)
				return field;
	assert(!"as many turns as fields");
	return -1;
}
