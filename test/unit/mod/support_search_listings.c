/* Listings by chance. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mod/search/fields.h"
#include "mod/search/words.h"
#include "support_search_naive.h"

#define CHOOSE(l, list) (list)[listings_random((l), sizeof(list) / sizeof(*(list)))]

static const char *const cities[] = {"Miami", "MIAMI", "Miami Beach", "Fort Lauderdale",
	"Fort  Lauderdale", "Key West", "St. Pete", "Saint Cloud", "Doral", "doral", "Weston"};
static const char *const statuses[] = {"Active", "Pending", "Closed", "Active Under Contract"};
static const char *const types[] = {"Residential", "Condo", "Land"};
static const char *const words[] = {"pool", "ocean", "view", "garage", "new", "roof", "Señor",
	"bay"};

int naive_field(const char *name)
{
	int f = search_field_find(str_of(name), SEARCH_AGENTS);

	assert(f >= 0);
	return f;
}

uint32_t listings_random(struct listings *l, uint32_t below)
{
	l->random = l->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((l->random >> 33) % below);
}

static void release(void *ix)
{
	search_index_free(ix);
}

void listings_init(struct listings *l, struct arena *a, size_t room, uint64_t seed)
{
	*l = (struct listings){.a = a, .random = seed, .ix = search_index_new()};
	l->v = arena_array(a, room, sizeof(*l->v));
	arena_defer(a, release, l->ix);
}

void listing_set(struct listing *x, const char *name, const char *value)
{
	x->doc.values[naive_field(name)] = str_of(value);
}

static void read_value(struct listings *l, struct listing *x, int f)
{
	char text[100] = "";
	struct str v = x->doc.values[f];

	x->numbers[f] = NAN;
	if (!v.p)
		return;
	if (search_fields[f].type == SEARCH_STRING) {
		x->folded[f] = search_words_joined(l->a, v);
		return;
	}
	snprintf(text, sizeof(text), STR_FMT, STR_ARG(v));
	if (search_fields[f].type == SEARCH_GEOPOINT)
		sscanf(text, "%lf,%lf", &x->at.lat, &x->at.lng);
	else
		x->numbers[f] = strtod(text, NULL);
}

void listings_put(struct listings *l, struct listing x)
{
	size_t at = 0;

	x.at = (struct search_point){NAN, NAN};
	for (int f = 0; f < search_fields_n; f++)
		read_value(l, &x, f);
	while (at < l->n && memcmp(l->v[at].doc.id, x.doc.id, sizeof(x.doc.id)))
		at++;
	l->n += at == l->n;
	l->v[at] = x;
	search_index_put(l->ix, &x.doc);
}

static void set_number(struct listings *l, struct listing *x, const char *name, uint32_t n,
	uint32_t missing_of_ten)
{
	if (listings_random(l, 10) >= missing_of_ten)
		listing_set(x, name, arena_printf(l->a, "%u", n));
}

static void set_place(struct listings *l, struct listing *x)
{
	double lat = 25 + listings_random(l, 100000) / 100000.0;
	double lng = -80 - listings_random(l, 100000) / 100000.0;

	if (listings_random(l, 8))
		listing_set(x, "location", arena_printf(l->a, "%.5f,%.5f", lat, lng));
}

static void set_texts(struct listings *l, struct listing *x)
{
	if (listings_random(l, 9))
		listing_set(x, "city", CHOOSE(l, cities));
	if (listings_random(l, 3))
		listing_set(x, "building_name", CHOOSE(l, cities));
	if (listings_random(l, 3))
		listing_set(x, "subdivision",
			arena_printf(l->a, "Subdivision %u", listings_random(l, 300)));
	if (listings_random(l, 2))
		listing_set(x, "marketing_description", CHOOSE(l, words));
	listing_set(x, "standard_status", CHOOSE(l, statuses));
	listing_set(x, "property_type", CHOOSE(l, types));
	listing_set(x, "address_full",
		arena_printf(l->a, "%u %s St", listings_random(l, 90), CHOOSE(l, words)));
	listing_set(x, "public_remarks",
		arena_printf(l->a, "%s %s, %s", CHOOSE(l, words), CHOOSE(l, words),
			CHOOSE(l, words)));
}

static struct listing made_up(struct listings *l, size_t number)
{
	static const char *const bathrooms[] = {"1", "1.5", "2", "2.5", "3", "3.25", "4.1"};
	struct listing x = {0};

	/* Ids that differ in what sorts first and last. */
	x.doc.id[0] = (uint8_t)(number * 7);
	x.doc.id[14] = (uint8_t)(number >> 8);
	x.doc.id[15] = (uint8_t)number;
	x.doc.is_public = listings_random(l, 5) > 0;
	x.doc.is_address_public = listings_random(l, 3) > 0;
	set_texts(l, &x);
	set_number(l, &x, "list_price", 1000 * (1 + listings_random(l, 900)), 1);
	set_number(l, &x, "bedrooms", listings_random(l, 7), 2);
	set_number(l, &x, "year_built", 1900 + listings_random(l, 125), 3);
	set_number(l, &x, "updated_at", 1700000000 + listings_random(l, 50), 0);
	if (listings_random(l, 6))
		listing_set(&x, "bathrooms", CHOOSE(l, bathrooms));
	set_place(l, &x);
	return x;
}

void listings_make(struct listings *l, size_t n)
{
	for (size_t i = 0; i < n; i++)
		listings_put(l, made_up(l, i));
	for (size_t i = 0; i < n / 10; i++) {
		size_t at = listings_random(l, (uint32_t)n);
		assert(search_index_remove(l->ix, l->v[at].doc.id) != l->v[at].is_gone);
		l->v[at].is_gone = true;
	}
	for (size_t i = 0; i < n / 10; i++)
		listings_put(l, made_up(l, listings_random(l, (uint32_t)n)));
}

static void random_text(struct listings *l, int f, struct search_operand *o)
{
	static const char *const texts[] = {"Miami", "Fort Lauderdale", "fort", "St", "Active",
		"Closed", "Condo", "Subdivision 7", "Subdivision 12", "pool", "ocean view", "senor",
		"nowhere", "key west", "m"};
	struct str text = listings_random(l, 3)
		? str_of(CHOOSE(l, texts))
		: l->v[listings_random(l, (uint32_t)l->n)].doc.values[f];

	o->text = text.p ? text : STR("Miami Beach");
	o->test = listings_random(l, 2) ? SEARCH_EQUAL : SEARCH_HAS;
	o->is_prefix = listings_random(l, 4) == 0;
	o->words_n = search_words(l->a, o->text, SEARCH_WORDS_MAX, &o->words);
}

static void random_number(struct listings *l, int f, struct search_operand *o)
{
	double x = l->v[listings_random(l, (uint32_t)l->n)].numbers[f];

	o->low = o->high = isnan(x) ? 2 : x;
	o->test = listings_random(l, 3) ? SEARCH_RANGE : SEARCH_EQUAL;
	if (o->test == SEARCH_EQUAL)
		return;
	o->is_open_low = listings_random(l, 2);
	o->is_open_high = listings_random(l, 2);
	switch (listings_random(l, 3)) {
	case 0: o->low = -INFINITY; break;
	case 1: o->high = INFINITY; break;
	default: o->high *= 1.2;
	}
}

static void random_place(struct listings *l, struct search_operand *o)
{
	o->centre = (struct search_point){25 + listings_random(l, 997) / 1000.0,
		-80 - listings_random(l, 997) / 1000.0};
	o->radius_m = 500 + listings_random(l, 60000);
	o->test = listings_random(l, 3) ? SEARCH_RADIUS : SEARCH_POLYGON;
	o->corners_n = 3 + listings_random(l, 4);
	o->corners = arena_array(l->a, o->corners_n, sizeof(*o->corners));
	for (size_t i = 0; i < o->corners_n; i++)
		o->corners[i] = (struct search_point){25 + listings_random(l, 1000) / 999.0,
			-80 - listings_random(l, 1000) / 999.0};
}

const struct search_filter *listings_random_filter(struct listings *l, int depth)
{
	static const char *const names[] = {"city", "standard_status", "property_type",
		"building_name", "subdivision", "public_remarks", "marketing_description",
		"address_full", "list_price", "bedrooms", "bathrooms", "year_built", "location",
		"location"};
	struct search_filter *f = ARENA_NEW(l->a, struct search_filter);
	uint32_t kind = listings_random(l, 10);

	if (depth && kind < 6) {
		f->op = kind < 3 ? SEARCH_AND : kind < 5 ? SEARCH_OR : SEARCH_NOT;
		f->left = listings_random_filter(l, depth - 1);
		f->right = f->op == SEARCH_NOT ? NULL : listings_random_filter(l, depth - 1);
		return f;
	}
	f->op = kind == 9 && depth ? SEARCH_ALL : SEARCH_MATCH;
	f->field = naive_field(CHOOSE(l, names));
	f->operands_n = listings_random(l, 3) ? 1 : 1 + listings_random(l, 9);
	struct search_operand *o = arena_array(l->a, f->operands_n, sizeof(*o));
	f->operands = o;
	for (size_t i = 0; i < f->operands_n; i++) {
		if (search_fields[f->field].type == SEARCH_STRING)
			random_text(l, f->field, &o[i]);
		else if (search_fields[f->field].type == SEARCH_GEOPOINT)
			random_place(l, &o[i]);
		else
			random_number(l, f->field, &o[i]);
	}
	return f;
}
