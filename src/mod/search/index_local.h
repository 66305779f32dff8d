/* index_local: the inside of an index, for the files of the engine. Not for others.
 *
 *   index.c          life, documents in and out (words, columns)
 *   index_docs.c     documents of a word or a value, small in memory
 *   index_place.c    numbers: neighbours get such as are near each other
 *   index_column.c   the column of a field: values of documents, documents of values
 *   index_words*.c   words -> documents of a field; the dictionary's prefixes, near misses, infixes
 *   index_forward.c  the words of each document, in their order
 *   run.c            the order of things of a search; run_local.h is what its files share
 *   run_filter*.c    a filter's documents
 *   run_text.c       q's documents and their scores
 *   run_sort*.c      the best ones of a page
 *   run_facet*.c     counts and statistics
 *   run_group.c      groups
 *   run_pin.c        pinned hits
 *   run_shown.c      the values that hits bring along
 *   geo.c            distances, circles, polygons
 *   geo_zone.c       ... and 64 documents by the box that they are in
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mod/search/index.h"

struct arena;
struct search_table; /* index_table.h */

#define SEARCH_NONE UINT32_MAX /* no value, no word, no document */

/* A set of documents by number: a bit each, in words of 64. `some` has a bit for each word that may have any; the others are nothing,
 * whatever stands there. NULL: any word may (of sets that an index keeps). Read words by search_set_at(), or with SEARCH_EACH_WORD. */
struct search_set {
	uint64_t *bits;
	uint64_t *some;
	uint32_t n; /* documents that it has room for: search_index.docs_n */
};

/* Documents by number, for keeping: few are an array, many are bits (index_docs.c). */
struct search_docs;

/* A text that documents share: value ids of a string field. An id means one text as long as a document has it; then it may be given
 * to another one (so no id outlives a search). */
struct search_dict; /* index_dict.c: text <-> id */

/* {lat, lng, -lat, -lng}, each the least of some points, or less. Of no point: infinite. */
typedef float search_box __attribute__((vector_size(16)));

struct search_column {
	enum search_type type;
	unsigned flags; /* of the field */
	/* Strings: ids of the folded value (search_words_joined()); SEARCH_NONE: absent. NULL: field `id` (search_index.ids has it). */
	uint32_t *ids;
	struct search_dict *dict;
	uint8_t *spellings; /* SEARCH_FACET: how each document writes its value; index_dict.c */
	/* Numbers and bools; NaN: absent. int64 are seconds, exact in a double. */
	double *numbers;
	/* Geopoints; NaN: absent. */
	struct search_point *points;
	search_box *
		boxes; /* of each 64 documents (geo_zone.c); of all that they ever were, until none is there */
	uint64_t *placed; /* ... which of them have a point */
};

struct search_postings; /* index_words.c: the words of one field */
struct search_places;   /* index_place.c: which number a document gets */

struct search_index {
	uint32_t docs_n,
		docs_cap; /* numbers that may be in use, a multiple of 64; of these, `live` are */
	uint32_t live_n;
	uint8_t (*ids)[16]; /* per document */
	struct search_set live, is_public, is_address_public;
	struct search_places *places;
	int place_field; /* the geopoint that numbers go by; -1: none */
	struct search_column columns[SEARCH_FIELDS_MAX];
	struct search_postings *postings[SEARCH_FIELDS_MAX]; /* SEARCH_WORDS; NULL: others */
	struct search_table *numbers;                        /* id -> number */
	struct arena *scratch;                               /* of the writer */
};

/* --- sets (set.c); room for ix->docs_n documents, in the arena ------------------------------------- */
struct search_set search_set_new(struct arena *a, uint32_t n); /* empty */
void search_set_clear(struct search_set *s);
void search_set_add(struct search_set *s, uint32_t doc);
void search_set_drop(struct search_set *s, uint32_t doc);
bool search_set_has(const struct search_set *s, uint32_t doc); /* false beyond its room */
void search_set_and(struct search_set *s, const struct search_set *with);
void search_set_or(struct search_set *s, const struct search_set *with);
void search_set_minus(struct search_set *s, const struct search_set *without);
void search_set_copy(struct search_set *s, const struct search_set *from);
uint32_t search_set_count(const struct search_set *s);
uint32_t search_set_count_words(const struct search_set *s); /* that may have any */
uint32_t search_set_ones(uint64_t word);                     /* bits that are set */
uint32_t search_set_next(const struct search_set *s,
	uint32_t from); /* first >= from, SEARCH_NONE: none */
void search_set_add_docs(struct search_set *s, const struct search_docs *d); /* NULL: none */
/* Those of them that are in `within`. */
void search_set_add_docs_within(struct search_set *s, const struct search_docs *d,
	const struct search_set *within);
bool search_set_is_empty(const struct search_set *s);

static inline size_t search_set_words(uint32_t n)
{
	return ((size_t)n + 63) / 64;
}

/* A bit for each of 64 words. */
static inline uint64_t search_set_some(const struct search_set *s, size_t group)
{
	if (s->some)
		return s->some[group];
	size_t left = search_set_words(s->n) - 64 * group;
	return left < 64 ? (UINT64_C(1) << left) - 1 : UINT64_MAX;
}

static inline uint64_t search_set_at(const struct search_set *s, size_t word)
{
	return search_set_some(s, word / 64) >> word % 64 & 1 ? s->bits[word] : 0;
}

static inline void search_set_put_word(struct search_set *s, size_t word, uint64_t bits)
{
	uint64_t bit = UINT64_C(1) << word % 64;

	s->bits[word] = bits;
	s->some[word / 64] = (s->some[word / 64] & ~bit) | (bits ? bit : 0);
}

static inline void search_set_or_word(struct search_set *s, size_t word, uint64_t bits)
{
	uint64_t bit = UINT64_C(1) << word % 64, *some = &s->some[word / 64];

	if (!bits)
		return;
	s->bits[word] = *some & bit ? s->bits[word] | bits : bits;
	*some |= bit;
}

/* The first word from here on that may have any; SIZE_MAX: none. */
static inline size_t search_set_word(const struct search_set *s, size_t from)
{
	size_t words = search_set_words(s->n), group = from / 64;

	if (from >= words)
		return SIZE_MAX;
	uint64_t some = search_set_some(s, group) >> from % 64 << from % 64;
	while (!some) {
		if (++group * 64 >= words)
			return SIZE_MAX;
		some = search_set_some(s, group);
	}
	return 64 * group + (size_t)__builtin_ctzll(some);
}

#define SEARCH_EACH_WORD(s, i)                                    \
	for (size_t i = search_set_word((s), 0); (i) != SIZE_MAX; \
		(i) = search_set_word((s), (i) + 1))

/* --- documents of a word or a value (index_docs.c); NULL: none -------------------------------------- */
uint32_t search_docs_count(const struct search_docs *d);
bool search_docs_has(const struct search_docs *d, uint32_t doc);
/* Those that are in the set, too, ascending; ret has room for them (for the fewer of both). */
size_t search_docs_within(const struct search_docs *d, const struct search_set *within,
	uint32_t *ret);

/* --- what the files of words give to those of searches --------------------------------------------- */

/* A word of a field's dictionary. */
struct search_candidate {
	uint32_t word;
	int typos;
	bool is_exact; /* the whole word, not its beginning */
};

/* The words of a field's dictionary that `text` may stand for: the word itself, then by typos, then by how many documents have them
 * (most first), then bytewise; at most `most`. is_prefix: also words that begin with it (with so many typos in the beginning).
 * Distance: Damerau-Levenshtein (optimal string alignment), over characters. The first character may differ, too. */
size_t search_postings_find(const struct search_postings *p, struct arena *a, struct str text,
	int max_typos, bool is_prefix, size_t most, struct search_candidate **ret);
/* Words that hold text somewhere. */
size_t search_postings_infix(const struct search_postings *p, struct arena *a, struct str text,
	size_t most, struct search_candidate **ret);

struct str search_postings_word(const struct search_postings *p, uint32_t word);
uint32_t search_postings_word_of(const struct search_postings *p,
	struct str text); /* SEARCH_NONE */
const struct search_docs *search_postings_docs(const struct search_postings *p, uint32_t word);

/* The words of a document in this field, in order; ids in *ret (in a). */
size_t search_postings_of(const struct search_postings *p, struct arena *a, uint32_t doc,
	uint32_t **ret);

/* Adds the documents where `words` (folded texts) stand next to each other in that order; the last one may be a beginning. */
void search_postings_phrase(const struct search_postings *p, struct arena *a,
	const struct str *words, size_t n, bool is_prefix, struct search_set *to);
/* At least those of them that are in `within`, for less work. */
void search_postings_phrase_within(const struct search_postings *p, struct arena *a,
	const struct str *words, size_t n, bool is_prefix, const struct search_set *within,
	struct search_set *to);

/* --- columns ------------------------------------------------------------------------------------------ */
/* Strings. The fields that are long (SEARCH_TEXT) keep no text, and so are not sorted by: search_column_text() is "" there. */
uint32_t search_column_value(const struct search_column *c,
	struct str folded); /* its id; SEARCH_NONE */
struct str search_column_text(const struct search_column *c, uint32_t value); /* folded */
/* As most of the listings write it (of as many: the first by bytes); SEARCH_FACET fields, else the folded text. */
struct str search_column_shown(const struct search_column *c, uint32_t value);
/* The documents of a value; SEARCH_FACET fields alone, NULL otherwise. */
const struct search_docs *search_column_docs(const struct search_column *c, uint32_t value);
uint32_t search_column_values(const struct search_column *c); /* ids count from 0 to here */

/* Adds the documents whose folded value is this text, or begins with it: for := of any string field, `id` too (there without
 * is_prefix). */
void search_column_equal(const struct search_index *ix, int field, struct str folded,
	bool is_prefix, struct search_set *to);

/* The number of a document; SEARCH_NONE: it is not there. (index.c) */
uint32_t search_index_number(const struct search_index *ix, const uint8_t id[16]);

/* --- parts of a search: run.c has their order ------------------------------------------------------ */

struct search_spare; /* run.c: sets to use again */

struct search_run {
	const struct search_index *ix;
	const struct search_query *q;
	struct arena *arena;
	struct search_set shown;   /* what this audience may see at all */
	struct search_set address; /* ... with its address; = shown for agents */
	/* Parts of the filter that search_filter_begin() left for later: all of them have to be true. */
	const struct search_filter **rest;
	size_t rest_n;
	int64_t stop_us; /* mono; 0: none */
	bool was_cut_off;
	struct search_spare *spare;
};

/* A document of the result and what q found in it. */
struct search_found {
	uint32_t doc;
	uint64_t score;
	uint64_t best_field_score;
	uint8_t best_weight, fields_matched, words_matched, typos;
};

/* What a search found, in the order of documents. */
struct search_list {
	const uint32_t *docs;
	const struct search_found *found; /* of each of docs; NULL: q is * */
	size_t n;
};

/* Leaves in s the documents where the filter is true. */
void search_filter_run(struct search_run *r, const struct search_filter *f, struct search_set *s);
/* The same in two steps, for searches of which words leave less than numbers do: what costs nearly nothing, and (of fewer documents)
 * what is in r->rest. */
void search_filter_begin(struct search_run *r, const struct search_filter *f, struct search_set *s);
void search_filter_rest(struct search_run *r, struct search_set *s);

/* What q finds among `among`, where the rest of the filter is true: with its scores, by number of the document, in r->arena. matched: of SEARCH_WORDS_MAX. */
struct search_found *search_text_run(struct search_run *r, const struct search_set *among,
	size_t *ret_n, struct search_matched *matched);

/* Counts among the documents of the list. */
void search_facets_run(struct search_run *r, const struct search_list *l,
	struct search_result *ret);

/* --- geo.c --------------------------------------------------------------------------------------------- */

/* Metres along the great circle; NaN when a point is absent. */
double search_geo_distance(struct search_point a, struct search_point b);
double search_geo_distance_at_least(struct search_point a, struct search_point b); /* faster */

/* The even-odd rule on latitude and longitude. */
bool search_geo_inside(const struct search_point *corners, size_t n, struct search_point p);

/* A circle or a polygon as many points are compared with it: `which` of 64 points are within. */
struct search_circle {
	struct search_point centre;
	double radius_m, half_height, half_width; /* of the box around it, degrees */
	/* So that the haversine needs few terms; and no meridian of 180 degrees is near. */
	bool is_small, is_plain;
	double haversine;           /* of the radius */
	double sin_lat, cos_lat;    /* of the centre's latitude */
	double cos_least, cos_most; /* of the latitudes that the box around it has */
};

struct search_polygon {
	const struct search_point *corners;
	size_t n;
	struct search_point low, high;
};

struct search_circle search_geo_circle(struct search_point centre, double radius_m);
uint64_t search_geo_in_circle(const struct search_circle *c, const struct search_point *points,
	uint64_t which);
struct search_polygon search_geo_polygon(const struct search_point *corners, size_t n);
uint64_t search_geo_in_polygon(const struct search_polygon *g, const struct search_point *points,
	uint64_t which);

/* --- geo_zone.c ---------------------------------------------------------------------------------------- */

enum search_zone { SEARCH_ZONE_OUT, SEARCH_ZONE_PARTLY, SEARCH_ZONE_IN };

search_box search_box_empty(void);
search_box search_box_add(search_box b, struct search_point p);
bool search_box_has(search_box b, struct search_point p);

/* What a box has to be below, in each of its numbers, to meet the shape at all. */
search_box search_zone_circle_limit(const struct search_circle *c);
search_box search_zone_polygon_limit(const struct search_polygon *g);

/* Where all points of a box are. */
enum search_zone search_zone_in_circle(const struct search_circle *c, search_box b);
enum search_zone search_zone_in_polygon(const struct search_polygon *g, search_box b);

/* Metres to the nearest point of a box, or less. */
double search_zone_distance_at_least(struct search_point from, search_box b);

static inline bool search_zone_is_beyond(search_box b, search_box limit)
{
	typedef int64_t halves __attribute__((vector_size(16)));
	halves is_more = (halves)(b > limit);

	return is_more[0] | is_more[1];
}

/* May this run look at the field of the document? (SEARCH_ADDRESS) */
bool search_run_sees(const struct search_run *r, int field, uint32_t doc);
