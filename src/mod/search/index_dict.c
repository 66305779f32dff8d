#include "mod/search/index_dict.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "mod/search/index_docs.h"
#include "mod/search/index_table.h"

#define SPELLINGS_MAX \
	255 /* further ones are not told apart from the first by bytes: there are none */

struct value {
	union {
		char *text;
		uint64_t hash; /* SEARCH_TEXT */
	};
	uint32_t len;
	uint32_t refs; /* documents; 0: the id is free */
};

struct spelling {
	char *text;
	uint32_t len;
	uint32_t count; /* 0: the place is free */
};

/* Of facets, beside the value. */
struct facet {
	struct search_docs docs;
	struct spelling *spellings;
	uint32_t spellings_n;
};

struct search_dict {
	unsigned flags;
	struct value *values;
	struct facet *facets; /* NULL: no facet */
	uint32_t n, cap;
	uint32_t *unused, unused_n, unused_cap;
	struct search_table table;
	size_t text_bytes;
	bool is_building;
};

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static char *dup(struct str s)
{
	char *p = must(malloc(s.len + 1));

	if (s.len)
		memcpy(p, s.p, s.len);
	p[s.len] = 0;
	return p;
}

static uint64_t hash_of(struct str s)
{
	return hash_64(hash_key_process(), s);
}

struct search_dict *search_dict_new(unsigned flags)
{
	struct search_dict *d = must(calloc(1, sizeof(*d)));

	d->flags = flags;
	return d;
}

static void facet_done(struct facet *f)
{
	for (uint32_t i = 0; i < f->spellings_n; i++)
		free(f->spellings[i].text);
	free(f->spellings);
	search_docs_done(&f->docs);
	*f = (struct facet){0};
}

void search_dict_free(struct search_dict *d)
{
	if (!d)
		return;
	for (uint32_t i = 0; i < d->n; i++) {
		if (d->values[i].refs && !(d->flags & SEARCH_TEXT))
			free(d->values[i].text);
		if (d->facets)
			facet_done(&d->facets[i]);
	}
	free(d->values);
	free(d->facets);
	free(d->unused);
	search_table_done(&d->table);
	free(d);
}

static bool is_same(const struct search_dict *d, uint32_t id, struct str folded, uint64_t hash)
{
	const struct value *v = &d->values[id];

	if (d->flags & SEARCH_TEXT)
		return v->hash == hash && v->len == (uint32_t)folded.len;
	return v->len == folded.len && !memcmp(v->text, folded.p, folded.len);
}

static uint32_t find(const struct search_dict *d, struct str folded, uint64_t hash)
{
	uint32_t at = 0, id;

	while ((id = search_table_next(&d->table, (uint32_t)hash, &at)) != SEARCH_NONE)
		if (is_same(d, id, folded, hash))
			return id;
	return SEARCH_NONE;
}

uint32_t search_dict_find(const struct search_dict *d, struct str folded)
{
	return find(d, folded, hash_of(folded));
}

static uint32_t id_new(struct search_dict *d)
{
	if (d->unused_n)
		return d->unused[--d->unused_n];
	if (d->n == d->cap) {
		d->cap = d->cap ? d->cap + d->cap / 2 : 16;
		d->values = must(realloc(d->values, d->cap * sizeof(*d->values)));
		if (d->flags & SEARCH_FACET)
			d->facets = must(realloc(d->facets, d->cap * sizeof(*d->facets)));
	}
	if (d->facets)
		d->facets[d->n] = (struct facet){0};
	return d->n++;
}

static void id_unused(struct search_dict *d, uint32_t id)
{
	if (d->unused_n == d->unused_cap) {
		d->unused_cap = d->unused_cap ? d->unused_cap + d->unused_cap / 2 : 16;
		d->unused = must(realloc(d->unused, d->unused_cap * sizeof(*d->unused)));
	}
	d->unused[d->unused_n++] = id;
}

static uint32_t value_new(struct search_dict *d, struct str folded, uint64_t hash)
{
	uint32_t id = id_new(d);
	struct value *v = &d->values[id];

	*v = (struct value){.len = (uint32_t)folded.len};
	if (d->flags & SEARCH_TEXT) {
		v->hash = hash;
	} else {
		v->text = dup(folded);
		d->text_bytes += folded.len;
	}
	search_table_add(&d->table, (uint32_t)hash, id);
	return id;
}

/* --- spellings --------------------------------------------------------------------------------------- */

static uint8_t spelling_join(struct search_dict *d, struct facet *f, struct str shown)
{
	uint32_t place = f->spellings_n;

	for (uint32_t i = 0; i < f->spellings_n; i++) {
		struct spelling *s = &f->spellings[i];
		if (s->count && s->len == shown.len && !memcmp(s->text, shown.p, shown.len)) {
			s->count++;
			return (uint8_t)i;
		}
		if (!s->count)
			place = i;
	}
	if (place == SPELLINGS_MAX)
		return SPELLINGS_MAX;
	if (place == f->spellings_n) {
		f->spellings =
			must(realloc(f->spellings, (f->spellings_n + 1) * sizeof(*f->spellings)));
		f->spellings_n++;
	}
	f->spellings[place] =
		(struct spelling){.text = dup(shown), .len = (uint32_t)shown.len, .count = 1};
	d->text_bytes += shown.len;
	return (uint8_t)place;
}

static void spelling_leave(struct search_dict *d, struct facet *f, uint8_t place)
{
	if (place == SPELLINGS_MAX)
		return;
	struct spelling *s = &f->spellings[place];
	assert(s->count);
	if (--s->count)
		return;
	d->text_bytes -= s->len;
	free(s->text);
	s->text = NULL;
}

uint8_t search_dict_respell(struct search_dict *d, uint32_t id, uint8_t spelling, struct str shown)
{
	if (!d->facets)
		return 0;
	uint8_t now = spelling_join(d, &d->facets[id], shown);
	spelling_leave(d, &d->facets[id], spelling);
	return now;
}

/* --- documents --------------------------------------------------------------------------------------- */

uint64_t search_dict_hash(const struct search_dict *d, struct str folded)
{
	uint64_t hash = hash_of(folded);

	search_table_prefetch(&d->table, (uint32_t)hash);
	return hash;
}

uint32_t search_dict_join(struct search_dict *d, uint32_t doc, struct str folded, struct str shown,
	uint8_t *ret_spelling)
{
	return search_dict_join_hashed(d, doc, folded, hash_of(folded), shown, ret_spelling);
}

uint32_t search_dict_join_hashed(struct search_dict *d, uint32_t doc, struct str folded,
	uint64_t hash, struct str shown, uint8_t *ret_spelling)
{
	uint32_t id = find(d, folded, hash);

	if (id == SEARCH_NONE)
		id = value_new(d, folded, hash);
	d->values[id].refs++;
	*ret_spelling = 0;
	if (d->facets) {
		if (!d->is_building)
			search_docs_add(&d->facets[id].docs, doc);
		*ret_spelling = spelling_join(d, &d->facets[id], shown);
	}
	return id;
}

void search_dict_leave(struct search_dict *d, uint32_t doc, uint32_t id, uint8_t spelling)
{
	struct value *v = &d->values[id];

	assert(v->refs);
	if (d->facets) {
		search_docs_remove(&d->facets[id].docs, doc);
		spelling_leave(d, &d->facets[id], spelling);
	}
	if (--v->refs)
		return;
	if (d->facets)
		facet_done(&d->facets[id]);
	uint64_t hash = v->hash;
	if (!(d->flags & SEARCH_TEXT)) {
		hash = hash_of(str_from(v->text, v->len));
		d->text_bytes -= v->len;
		free(v->text);
	}
	search_table_remove(&d->table, (uint32_t)hash, id);
	id_unused(d, id);
}

/* --- many at first ----------------------------------------------------------------------------------- */

#define WINDOW 32768 /* documents at a time: each list is touched once for all of them */

void search_dict_build(struct search_dict *d)
{
	d->is_building = true;
}

/* The documents of the window by their values, in docs; ends: of each value, behind its last one there. */
static void sort_window(const struct search_dict *d, const uint32_t *ids, uint32_t from,
	uint32_t to, uint32_t *ends, uint32_t *docs)
{
	uint32_t sum = 0;

	memset(ends, 0, d->n * sizeof(*ends));
	for (uint32_t doc = from; doc < to; doc++)
		if (ids[doc] != SEARCH_NONE)
			ends[ids[doc]]++;
	for (uint32_t id = 0; id < d->n; id++) {
		uint32_t n = ends[id];
		ends[id] = sum;
		sum += n;
	}
	for (uint32_t doc = from; doc < to; doc++)
		if (ids[doc] != SEARCH_NONE)
			docs[ends[ids[doc]]++] = doc;
}

void search_dict_built(struct search_dict *d, const uint32_t *ids, uint32_t docs_n)
{
	d->is_building = false;
	if (!d->facets)
		return;
	uint32_t *ends = must(malloc((d->n + 1) * sizeof(*ends)));
	uint32_t *docs = must(malloc(WINDOW * sizeof(*docs)));
	for (uint32_t from = 0; from < docs_n; from += WINDOW) {
		sort_window(d, ids, from, docs_n - from < WINDOW ? docs_n : from + WINDOW, ends,
			docs);
		for (uint32_t id = 0, i = 0; id < d->n; id++)
			for (; i < ends[id]; i++)
				search_docs_add(&d->facets[id].docs, docs[i]);
	}
	free(ends);
	free(docs);
}

struct str search_dict_text(const struct search_dict *d, uint32_t id)
{
	const struct value *v = &d->values[id];

	return !v->refs || (d->flags & SEARCH_TEXT) ? STR("") : str_from(v->text, v->len);
}

static bool is_more(const struct spelling *a, const struct spelling *b)
{
	if (a->count != b->count)
		return a->count > b->count;
	return str_cmp(str_from(a->text, a->len), str_from(b->text, b->len)) < 0;
}

struct str search_dict_shown(const struct search_dict *d, uint32_t id)
{
	const struct spelling *best = NULL;

	if (!d->facets)
		return search_dict_text(d, id);
	for (uint32_t i = 0; i < d->facets[id].spellings_n; i++) {
		const struct spelling *s = &d->facets[id].spellings[i];
		if (s->count && (!best || is_more(s, best)))
			best = s;
	}
	return best ? str_from(best->text, best->len) : search_dict_text(d, id);
}

bool search_dict_written(const struct search_dict *d, uint32_t id, uint8_t spelling,
	struct str *ret_text)
{
	const struct facet *f = &d->facets[id];

	if (spelling >= f->spellings_n)
		return false;
	*ret_text = str_from(f->spellings[spelling].text, f->spellings[spelling].len);
	return true;
}

const struct search_docs *search_dict_docs(const struct search_dict *d, uint32_t id)
{
	return d->facets ? &d->facets[id].docs : NULL;
}

uint32_t search_dict_len(const struct search_dict *d)
{
	return d->n;
}

/* What malloc adds to a text, on average. */
#define MALLOC_EXTRA 16

size_t search_dict_bytes(const struct search_dict *d)
{
	size_t n = d->cap * sizeof(*d->values) + d->table.cap * sizeof(struct search_slot) +
		d->unused_cap * sizeof(*d->unused) + d->text_bytes;

	if (!(d->flags & SEARCH_TEXT))
		n += (size_t)d->n * MALLOC_EXTRA;
	return d->facets ? n + d->cap * sizeof(*d->facets) : n;
}
