#include "mod/search/index_column.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/uuid.h"
#include "mod/search/index_dict.h"
#include "mod/search/index_words.h"

#define PAGE 4096
#define LARGE ((size_t)4 << 20)

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

/* Searches read here and there in large columns: with large pages, where there are any, that costs half. */
static void *resize(void *p, size_t size)
{
	p = must(realloc(p, size));
	if (size >= LARGE) {
		size_t skip = -(uintptr_t)p % PAGE;
		madvise((char *)p + skip, (size - skip) / PAGE * PAGE, MADV_HUGEPAGE);
	}
	return p;
}

void search_column_init(struct search_column *c, int field)
{
	*c = (struct search_column){
		.type = search_fields[field].type,
		.flags = search_fields[field].flags,
	};
	if (c->type == SEARCH_STRING && c->flags & (SEARCH_WORDS | SEARCH_FACET))
		c->dict = search_dict_new(c->flags);
}

void search_column_done(struct search_column *c)
{
	search_dict_free(c->dict);
	free(c->ids);
	free(c->spellings);
	free(c->numbers);
	free(c->points);
	free(c->boxes);
	free(c->placed);
}

void search_column_grow(struct search_column *c, uint32_t from, uint32_t to)
{
	const struct search_point nowhere = {NAN, NAN};

	if (c->type == SEARCH_STRING && !c->dict)
		return;
	if (c->type == SEARCH_STRING) {
		c->ids = resize(c->ids, to * sizeof(*c->ids));
		if (c->flags & SEARCH_FACET)
			c->spellings = resize(c->spellings, to);
	} else if (c->type == SEARCH_GEOPOINT) {
		c->points = resize(c->points, to * sizeof(*c->points));
		c->boxes = resize(c->boxes, to / 64 * sizeof(*c->boxes));
		c->placed = resize(c->placed, to / 64 * sizeof(*c->placed));
	} else {
		c->numbers = resize(c->numbers, to * sizeof(*c->numbers));
	}
	for (uint32_t i = from; i < to; i++) {
		if (c->ids)
			c->ids[i] = SEARCH_NONE;
		if (c->numbers)
			c->numbers[i] = NAN;
		if (c->points)
			c->points[i] = nowhere;
	}
	for (uint32_t i = from / 64; c->points && i < to / 64; i++) {
		c->boxes[i] = search_box_empty();
		c->placed[i] = 0;
	}
}

void search_column_put_text(struct search_column *c, uint32_t doc, struct str folded,
	struct str shown)
{
	uint32_t old = c->ids[doc], id = SEARCH_NONE;
	uint8_t unused = 0, *spelling = c->spellings ? &c->spellings[doc] : &unused;

	if (folded.p && old != SEARCH_NONE && search_dict_find(c->dict, folded) == old) {
		*spelling = search_dict_respell(c->dict, old, *spelling, shown);
		return;
	}
	if (old != SEARCH_NONE)
		search_dict_leave(c->dict, doc, old, *spelling);
	if (folded.p)
		id = search_dict_join(c->dict, doc, folded, shown, spelling);
	c->ids[doc] = id;
}

struct search_point search_column_point(struct str text)
{
	struct search_point p = {NAN, NAN}, read;
	struct str rest = text, lat = str_cut(&rest, ',');

	if (!text.p || !rest.p || !str_to_f64(str_trim(lat), &read.lat) ||
		!str_to_f64(str_trim(rest), &read.lng))
		return p;
	return fabs(read.lat) <= 90 && fabs(read.lng) <= 180 ? read : p;
}

static double number_of(enum search_type type, struct str text)
{
	double x;
	bool b;

	if (type == SEARCH_BOOL)
		return text.p && str_to_bool(text, &b) ? (double)b : NAN;
	return text.p && str_to_f64(text, &x) ? x : NAN;
}

static void put_point(struct search_column *c, uint32_t doc, struct search_point p)
{
	uint64_t bit = UINT64_C(1) << doc % 64, *placed = &c->placed[doc / 64];

	c->points[doc] = p;
	*placed &= ~bit;
	if (!isnan(p.lat)) {
		*placed |= bit;
		c->boxes[doc / 64] = search_box_add(c->boxes[doc / 64], p);
	} else if (!*placed) {
		c->boxes[doc / 64] = search_box_empty();
	}
}

void search_column_put_number(struct search_column *c, uint32_t doc, struct str text)
{
	if (c->type == SEARCH_GEOPOINT)
		put_point(c, doc, search_column_point(text));
	else if (c->numbers)
		c->numbers[doc] = number_of(c->type, text);
}

size_t search_column_bytes(const struct search_column *c, uint32_t docs_cap)
{
	size_t each = (c->ids ? sizeof(*c->ids) : 0) + (c->spellings ? 1 : 0) +
		(c->numbers ? sizeof(*c->numbers) : 0) + (c->points ? sizeof(*c->points) : 0);
	size_t each_64 = c->points ? sizeof(*c->boxes) + sizeof(*c->placed) : 0;

	return each * docs_cap + each_64 * (docs_cap / 64) +
		(c->dict ? search_dict_bytes(c->dict) : 0);
}

/* --- for searches ------------------------------------------------------------------------------------ */

uint32_t search_column_value(const struct search_column *c, struct str folded)
{
	return c->dict && folded.p ? search_dict_find(c->dict, folded) : SEARCH_NONE;
}

struct str search_column_text(const struct search_column *c, uint32_t value)
{
	return c->dict ? search_dict_text(c->dict, value) : STR("");
}

struct str search_column_shown(const struct search_column *c, uint32_t value)
{
	return c->dict ? search_dict_shown(c->dict, value) : STR("");
}

bool search_column_written(const struct search_column *c, uint32_t doc, struct str *ret_text)
{
	if (!c->spellings)
		return false;
	*ret_text = STR_NULL;
	return c->ids[doc] == SEARCH_NONE ||
		search_dict_written(c->dict, c->ids[doc], c->spellings[doc], ret_text);
}

const struct search_docs *search_column_docs(const struct search_column *c, uint32_t value)
{
	return c->dict ? search_dict_docs(c->dict, value) : NULL;
}

uint32_t search_column_values(const struct search_column *c)
{
	return c->dict ? search_dict_len(c->dict) : 0;
}

/* The document whose id it is: folded, so with spaces where the hyphens were. */
static void id_equal(const struct search_index *ix, struct str folded, struct search_set *to)
{
	char text[UUID_LEN];
	struct uuid id;

	if (folded.len != UUID_LEN)
		return;
	for (size_t i = 0; i < folded.len; i++)
		text[i] = folded.p[i] == ' ' ? '-' : folded.p[i];
	if (!uuid_parse(str_from(text, folded.len), &id))
		return;
	uint32_t doc = search_index_number(ix, id.b);
	if (doc != SEARCH_NONE)
		search_set_add(to, doc);
}

static void each_equal(const struct search_column *c, uint32_t value, struct search_set *to)
{
	const struct search_docs *docs = search_column_docs(c, value);

	if (docs)
		search_set_add_docs(to, docs);
	for (uint32_t doc = 0; !docs && doc < to->n; doc++)
		if (c->ids[doc] == value)
			search_set_add(to, doc);
}

/* All values that begin so: which ones first, then their documents at once. */
static void each_beginning(const struct search_column *c, struct str folded, struct search_set *to)
{
	uint32_t n = search_column_values(c);
	uint8_t *is_in = must(calloc(n + 1, 1));

	for (uint32_t id = 0; id < n; id++) {
		struct str text = search_column_text(c, id);
		is_in[id] = text.len >= folded.len && str_starts(text, folded);
	}
	for (uint32_t doc = 0; doc < to->n; doc++)
		if (c->ids[doc] != SEARCH_NONE && is_in[c->ids[doc]])
			search_set_add(to, doc);
	free(is_in);
}

void search_column_equal(const struct search_index *ix, int field, struct str folded,
	bool is_prefix, struct search_set *to)
{
	const struct search_column *c = &ix->columns[field];

	if (!c->dict) {
		id_equal(ix, folded, to);
	} else if (!is_prefix) {
		uint32_t value = search_dict_find(c->dict, folded);
		if (value != SEARCH_NONE)
			each_equal(c, value, to);
	} else if (c->flags & SEARCH_TEXT) {
		search_postings_beginning(ix->postings[field], folded, to);
	} else {
		each_beginning(c, folded, to);
	}
}
