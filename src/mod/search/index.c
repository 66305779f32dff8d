#include "mod/search/index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "mod/search/index_column.h"
#include "mod/search/index_local.h"
#include "mod/search/index_place.h"
#include "mod/search/index_words.h"

#define DOCS_FIRST 64 /* a multiple of 64, as sets have words */

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

struct search_index *search_index_new(void)
{
	struct search_index *ix = must(calloc(1, sizeof(*ix)));

	ix->numbers = must(calloc(1, sizeof(*ix->numbers)));
	ix->scratch = arena_new();
	ix->places = search_places_new();
	ix->place_field = -1;
	for (int i = 0; i < search_fields_n; i++) {
		search_column_init(&ix->columns[i], i);
		if (ix->columns[i].type == SEARCH_GEOPOINT)
			ix->place_field = i;
		if (ix->columns[i].dict)
			ix->postings[i] = search_postings_new(&ix->columns[i]);
	}
	return ix;
}

void search_index_free(struct search_index *ix)
{
	if (!ix)
		return;
	for (int i = 0; i < search_fields_n; i++) {
		search_postings_free(ix->postings[i]);
		search_column_done(&ix->columns[i]);
	}
	search_table_done(ix->numbers);
	free(ix->numbers);
	arena_free(ix->scratch);
	free(ix->ids);
	free(ix->live.bits);
	free(ix->is_public.bits);
	free(ix->is_address_public.bits);
	search_places_free(ix->places);
	free(ix);
}

/* --- numbers ----------------------------------------------------------------------------------------- */

static uint32_t hash_of(const uint8_t id[16])
{
	return (uint32_t)hash_64(hash_key_process(), str_from(id, 16));
}

uint32_t search_index_number(const struct search_index *ix, const uint8_t id[16])
{
	uint32_t at = 0, doc, hash = hash_of(id);

	while ((doc = search_table_next(ix->numbers, hash, &at)) != SEARCH_NONE)
		if (!memcmp(ix->ids[doc], id, 16))
			return doc;
	return SEARCH_NONE;
}

static void set_grow(struct search_set *s, uint32_t from, uint32_t to)
{
	s->bits = must(realloc(s->bits, to / 64 * sizeof(*s->bits)));
	memset(s->bits + from / 64, 0, (to - from) / 64 * sizeof(*s->bits));
}

static void docs_grow(struct search_index *ix)
{
	uint32_t from = ix->docs_cap;
	uint32_t to = from ? (from + from / 2 + 63) / 64 * 64 : DOCS_FIRST;

	ix->ids = must(realloc(ix->ids, to * sizeof(*ix->ids)));
	set_grow(&ix->live, from, to);
	set_grow(&ix->is_public, from, to);
	set_grow(&ix->is_address_public, from, to);
	for (int i = 0; i < search_fields_n; i++) {
		search_column_grow(&ix->columns[i], from, to);
		if (ix->postings[i])
			search_postings_grow(ix->postings[i], from, to);
	}
	ix->docs_cap = to;
}

static void mark(struct search_set *s, uint32_t doc, bool is_in)
{
	uint64_t bit = UINT64_C(1) << doc % 64;

	if (is_in)
		s->bits[doc / 64] |= bit;
	else
		s->bits[doc / 64] &= ~bit;
}

static uint32_t number_new(struct search_index *ix, const uint8_t id[16], struct search_point p)
{
	uint32_t doc = search_places_take(ix, p);

	if (doc >= ix->docs_n) {
		assert(doc == ix->docs_n);
		if (ix->docs_n == ix->docs_cap)
			docs_grow(ix);
		ix->docs_n += 64;
		ix->live.n = ix->is_public.n = ix->is_address_public.n = ix->docs_n;
	}
	ix->live_n++;
	memcpy(ix->ids[doc], id, 16);
	search_table_add(ix->numbers, hash_of(id), doc);
	mark(&ix->live, doc, true);
	return doc;
}

static void number_free(struct search_index *ix, uint32_t doc)
{
	ix->live_n--;
	search_places_give(ix, doc);
	search_table_remove(ix->numbers, hash_of(ix->ids[doc]), doc);
}

/* --- documents --------------------------------------------------------------------------------------- */

static void put_text(struct search_index *ix, int field, uint32_t doc, struct str value)
{
	struct search_column *c = &ix->columns[field];
	struct str now = value.p ? search_words_joined(ix->scratch, value) : STR_NULL;
	uint32_t old = c->ids[doc];

	if (old == SEARCH_NONE ? now.p != NULL : old != search_column_value(c, now)) {
		struct str was = old == SEARCH_NONE ? STR_NULL : search_column_text(c, old);
		search_postings_put(ix->postings[field], ix->scratch, doc, was, now);
	}
	search_column_put_text(c, doc, now, value);
}

static void put_values(struct search_index *ix, uint32_t doc, const struct str *values)
{
	for (int i = 0; i < search_fields_n; i++) {
		if (ix->postings[i])
			put_text(ix, i, doc, values[i]);
		else
			search_column_put_number(&ix->columns[i], doc, values[i]);
	}
	arena_reset(ix->scratch);
}

static struct search_point place_of(const struct search_index *ix, const struct search_doc *doc)
{
	return search_column_point(ix->place_field < 0 ? STR_NULL : doc->values[ix->place_field]);
}

void search_index_put(struct search_index *ix, const struct search_doc *doc)
{
	uint32_t n = search_index_number(ix, doc->id);
	struct search_point p = place_of(ix, doc);

	if (n != SEARCH_NONE && search_places_is_astray(ix, n, p)) {
		search_index_remove(ix, doc->id);
		n = SEARCH_NONE;
	}
	if (n == SEARCH_NONE)
		n = number_new(ix, doc->id, p);
	put_values(ix, n, doc->values);
	mark(&ix->is_public, n, doc->is_public);
	mark(&ix->is_address_public, n, doc->is_public && doc->is_address_public);
}

bool search_index_remove(struct search_index *ix, const uint8_t id[16])
{
	static const struct str nothing[SEARCH_FIELDS_MAX];
	uint32_t n = search_index_number(ix, id);

	if (n == SEARCH_NONE)
		return false;
	put_values(ix, n, nothing);
	mark(&ix->live, n, false);
	mark(&ix->is_public, n, false);
	mark(&ix->is_address_public, n, false);
	number_free(ix, n);
	return true;
}

bool search_index_has(const struct search_index *ix, const uint8_t id[16])
{
	return search_index_number(ix, id) != SEARCH_NONE;
}

size_t search_index_len(const struct search_index *ix)
{
	return ix->live_n;
}

size_t search_index_len_for(const struct search_index *ix, enum search_audience who)
{
	return who == SEARCH_AGENTS ? search_index_len(ix) : search_set_count(&ix->is_public);
}

size_t search_index_bytes(const struct search_index *ix)
{
	size_t n = sizeof(*ix) + ix->docs_cap * (sizeof(*ix->ids) + 1) +
		ix->numbers->cap * sizeof(struct search_slot) + search_places_bytes(ix->places);

	for (int i = 0; i < search_fields_n; i++) {
		n += search_column_bytes(&ix->columns[i], ix->docs_cap);
		if (ix->postings[i])
			n += search_postings_bytes(ix->postings[i], ix->docs_cap);
	}
	return n;
}
