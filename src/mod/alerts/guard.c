#include "mod/alerts/guard.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"

#define METRES_PER_DEGREE \
	111000.0 /* a little less than there are, so that boxes are a little larger */
#define WORDS_MAX 20
#define POLAR 85.0 /* beyond it meridians are too close for a box */

/* Long texts are not folded for a guard; conditions on them are left to the index. */
static bool is_watched(int field)
{
	const char *name = search_fields[field].name;

	return strcmp(name, "public_remarks") != 0 && strcmp(name, "marketing_description") != 0;
}

/* FNV-1a; which texts have the same one decides nothing. */
static uint32_t hash_of(struct str text)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < text.len; i++)
		h = (h ^ (unsigned char)text.p[i]) * 16777619u;
	return h;
}

static struct alerts_box box_of_circle(const struct search_operand *o)
{
	double degrees = o->radius_m / METRES_PER_DEGREE;
	double polar = fabs(o->centre.lat) + degrees;
	double wide = polar < POLAR ? degrees / cos(polar * (M_PI / 180)) : 360;

	return (struct alerts_box){o->centre.lat - degrees, o->centre.lat + degrees,
		o->centre.lng - wide, o->centre.lng + wide};
}

static struct alerts_box box_of_polygon(const struct search_operand *o)
{
	struct alerts_box b = {INFINITY, -INFINITY, INFINITY, -INFINITY};

	for (size_t i = 0; i < o->corners_n; i++) {
		b.south = fmin(b.south, o->corners[i].lat);
		b.north = fmax(b.north, o->corners[i].lat);
		b.west = fmin(b.west, o->corners[i].lng);
		b.east = fmax(b.east, o->corners[i].lng);
	}
	return b;
}

static bool is_long(const struct search_filter *f)
{
	for (size_t i = 0; i < f->operands_n; i++)
		if (f->operands[i].words_n > WORDS_MAX)
			return true;
	return false;
}

static void add_condition(struct arena *a, const struct search_filter *f, struct alerts_guard *g)
{
	struct alerts_condition *c = &g->conditions[g->n];
	enum search_type type = search_fields[f->field].type;

	if (g->n == ALERTS_CONDITIONS_MAX || !is_watched(f->field) || is_long(f))
		return;
	*c = (struct alerts_condition){.field = f->field,
		.type = type,
		.operands = f->operands,
		.n = f->operands_n};
	if (type == SEARCH_STRING) {
		struct str *texts = arena_array(a, c->n, sizeof *texts);
		for (size_t i = 0; i < c->n; i++)
			texts[i] = search_words_joined(a, c->operands[i].text);
		c->texts = texts;
	} else if (type == SEARCH_GEOPOINT) {
		struct alerts_box *boxes = arena_array(a, c->n, sizeof *boxes);
		for (size_t i = 0; i < c->n; i++)
			boxes[i] = c->operands[i].test == SEARCH_RADIUS
				? box_of_circle(&c->operands[i])
				: box_of_polygon(&c->operands[i]);
		c->boxes = boxes;
	}
	g->n++;
}

/* No deeper than SEARCH_FILTER_DEPTH. */
static void gather(struct arena *a, const struct search_filter *f, struct alerts_guard *g)
{
	if (f->op == SEARCH_AND) {
		gather(a, f->left, g);
		gather(a, f->right, g);
	} else if (f->op == SEARCH_MATCH) {
		add_condition(a, f, g);
	}
}

void alerts_guard_make(struct arena *a, const struct search_filter *f,
	struct alerts_guard *ret_guard)
{
	struct alerts_condition room[ALERTS_CONDITIONS_MAX + 1];
	struct alerts_guard g = {.conditions = room};

	if (f)
		gather(a, f, &g);
	g.conditions = arena_array(a, g.n, sizeof *g.conditions);
	for (size_t i = 0; i < g.n; i++)
		g.conditions[i] = room[i];
	*ret_guard = g;
}

static struct search_point place_of(struct str value)
{
	struct search_point p = {NAN, NAN};
	struct str lng = value, lat = str_cut(&lng, ',');

	if (!value.p || !lng.p || !str_to_f64(lat, &p.lat) || !str_to_f64(lng, &p.lng))
		return (struct search_point){NAN, NAN};
	return p;
}

static double number_of(struct str value, enum search_type type)
{
	double x = NAN;
	bool yes;

	if (type == SEARCH_BOOL)
		return str_to_bool(value, &yes)   ? yes
			: str_eq(value, STR("t")) ? 1
			: str_eq(value, STR("f")) ? 0
						  : NAN;
	return value.p && str_to_f64(value, &x) ? x : NAN;
}

void alerts_guard_facts(struct arena *a, const struct search_doc *doc, enum search_audience who,
	struct alerts_facts *ret_facts)
{
	ret_facts->place = (struct search_point){NAN, NAN};
	for (int i = 0; i < search_fields_n; i++) {
		const struct search_field *f = &search_fields[i];
		bool hidden = who == SEARCH_PUBLIC &&
			(f->flags & SEARCH_AGENT ||
				(f->flags & SEARCH_ADDRESS && !doc->is_address_public));
		struct str value = hidden ? STR_NULL : doc->values[i];
		ret_facts->numbers[i] = NAN;
		ret_facts->texts[i] = STR_NULL;
		if (f->type == SEARCH_GEOPOINT)
			ret_facts->place = place_of(value);
		else if (f->type != SEARCH_STRING)
			ret_facts->numbers[i] = number_of(value, f->type);
		else if (value.p && is_watched(i))
			ret_facts->texts[i] = search_words_joined(a, value);
		ret_facts->hashes[i] = hash_of(ret_facts->texts[i]);
	}
}

static bool has_number(const struct alerts_condition *c, double x)
{
	for (size_t i = 0; i < c->n; i++)
		if (x >= c->operands[i].low && x <= c->operands[i].high)
			return true;
	return false;
}

static bool has_text(const struct alerts_condition *c, struct str text)
{
	for (size_t i = 0; text.p && i < c->n; i++) {
		const struct search_operand *o = &c->operands[i];
		bool has = o->test == SEARCH_HAS ? str_find(text, c->texts[i]) >= 0
			: o->is_prefix           ? str_starts(text, c->texts[i])
						 : str_eq(text, c->texts[i]);
		if (has)
			return true;
	}
	return false;
}

/* A box may go over the edge of the map. */
static bool is_between(double lng, double west, double east)
{
	return (lng >= west && lng <= east) || (lng + 360 >= west && lng + 360 <= east) ||
		(lng - 360 >= west && lng - 360 <= east);
}

static bool has_place(const struct alerts_condition *c, struct search_point p)
{
	for (size_t i = 0; i < c->n; i++)
		if (p.lat >= c->boxes[i].south && p.lat <= c->boxes[i].north &&
			is_between(p.lng, c->boxes[i].west, c->boxes[i].east))
			return true;
	return false;
}

bool alerts_guard_passes(const struct alerts_guard *g, const struct alerts_facts *facts)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct alerts_condition *c = &g->conditions[i];
		bool passes = c->type == SEARCH_STRING ? has_text(c, facts->texts[c->field])
			: c->type == SEARCH_GEOPOINT   ? has_place(c, facts->place)
						       : has_number(c, facts->numbers[c->field]);
		if (!passes)
			return false;
	}
	return true;
}

/* Floats are rounded outwards. */
static void add_range(struct alerts_gist *g, const struct alerts_condition *c)
{
	double low = INFINITY, high = -INFINITY;

	for (size_t i = 0; i < c->n; i++) {
		low = fmin(low, c->operands[i].low);
		high = fmax(high, c->operands[i].high);
	}
	g->number = (int16_t)c->field;
	g->low = nextafterf((float)low, -INFINITY);
	g->high = nextafterf((float)high, INFINITY);
}

static bool is_one_text(const struct alerts_condition *c)
{
	return c->type == SEARCH_STRING && c->n == 1 && c->operands[0].test == SEARCH_EQUAL &&
		!c->operands[0].is_prefix;
}

struct alerts_gist alerts_guard_gist(const struct alerts_guard *guard)
{
	struct alerts_gist g = {.number = -1, .text = -1};

	for (size_t i = 0; i < guard->n; i++) {
		const struct alerts_condition *c = &guard->conditions[i];
		if (g.text < 0 && is_one_text(c)) {
			g.text = (int16_t)c->field;
			g.hash = hash_of(c->texts[0]);
		} else if (g.number < 0 && c->type != SEARCH_STRING && c->type != SEARCH_GEOPOINT) {
			add_range(&g, c);
		}
	}
	return g;
}

bool alerts_guard_gist_passes(const struct alerts_gist *g, const struct alerts_facts *facts)
{
	if (g->text >= 0 && (!facts->texts[g->text].p || facts->hashes[g->text] != g->hash))
		return false;
	return g->number < 0 ||
		(facts->numbers[g->number] >= g->low && facts->numbers[g->number] <= g->high);
}
