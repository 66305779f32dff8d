/* Which name was meant: the nearest by edits of those that share a piece of two letters, without regard to case and signs. */
#include "base/arena.h"
#include "base/map.h"
#include "mod/rest/cache_local.h"

#define MIN_SIMILARITY 0.75
#define MAX_WORD 250 /* lists of arguments are looked for too; what is longer is near to none */

/* A name in lower case, and what is left of it to be cut into pieces: letters, digits, blanks and commas. */
struct word {
	char text[MAX_WORD], core[MAX_WORD];
	size_t n, n_core;
};

static bool is_core(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ' || c == ',' ||
		(unsigned char)c >= 0x80;
}

static void fold(struct str s, struct word *w)
{
	w->n = w->n_core = 0;
	for (size_t i = 0; i < s.len && s.len <= MAX_WORD; i++) {
		char c = s.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 'a' - 'A');
		w->text[w->n++] = c;
		if (is_core(c))
			w->core[w->n_core++] = c;
	}
}

static size_t edits(const struct word *a, const struct word *b)
{
	size_t row[MAX_WORD + 1];

	for (size_t j = 0; j <= b->n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a->n; i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b->n; j++) {
			size_t best = corner + (a->text[i - 1] != b->text[j - 1]);
			corner = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b->n];
}

/* Beginning and end count as a letter of their own. */
static bool share_piece(const struct word *a, const struct word *b)
{
	if (!a->n_core || !b->n_core)
		return false;
	if (a->core[0] == b->core[0] || a->core[a->n_core - 1] == b->core[b->n_core - 1])
		return true;
	for (size_t i = 0; i + 1 < a->n_core; i++)
		for (size_t j = 0; j + 1 < b->n_core; j++)
			if (a->core[i] == b->core[j] && a->core[i + 1] == b->core[j + 1])
				return true;
	return false;
}

/* 0 when it is below min in any case. */
static double similarity(const struct word *a, struct str name, double min)
{
	struct word b;

	fold(name, &b);
	double longer = (double)(a->n > b.n ? a->n : b.n),
	       shorter = (double)(a->n > b.n ? b.n : a->n);
	if (shorter < 1 || shorter / longer < min || !share_piece(a, &b))
		return 0;
	return 1 - (double)edits(a, &b) / longer;
}

struct str rest_cache_near(struct str word, const struct str *names, size_t n, double min)
{
	struct str best = STR_NULL;
	struct word w;

	fold(word, &w);
	for (size_t i = 0; i < n; i++) {
		double s = str_eq_nocase(word, names[i]) ? 1 : similarity(&w, names[i], min);
		if (s < min || (best.p && s <= min))
			continue;
		best = names[i];
		min = s;
	}
	return best;
}

struct str rest_cache_near_table(const struct rest_cache *c, struct str schema, struct str name,
	struct arena *a)
{
	const struct cache_schema *s = cache_schema_find(c, schema);
	size_t n = s ? map_len(s->tables) : 0;
	struct str *names = arena_array(a, n, sizeof *names);

	for (size_t i = 0; i < n; i++)
		names[i] = map_key_at(s->tables, i);
	return str_copy(a, rest_cache_near(name, names, n, MIN_SIMILARITY));
}

struct str rest_cache_near_func(const struct rest_cache *c, struct str schema, struct str name,
	struct arena *a)
{
	struct str *names = arena_array(a, c->n_funcs, sizeof *names);
	size_t n = 0;

	for (size_t i = 0; i < c->n_funcs; i++)
		if (str_eq(c->funcs[i]->schema, schema))
			names[n++] = c->funcs[i]->name;
	return str_copy(a, rest_cache_near(name, names, n, MIN_SIMILARITY));
}
