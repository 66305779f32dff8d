/* Which name was meant: the nearest by edits of those that share a piece of two letters, without regard to case and signs. */
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "mod/rest/cache_local.h"

#define MIN_SIMILARITY 0.75
#define MAX_WORD 80 /* names have 63 bytes at most; a longer word is near to none */

/* Letters and digits only, in lower case, and blanks and commas, which lists of arguments have. */
static size_t normal(struct str s, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len && n < MAX_WORD; i++) {
		char c = s.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 'a' - 'A');
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ' || c == ',' ||
			(unsigned char)c >= 0x80)
			out[n++] = c;
	}
	return n;
}

static size_t edits(const char *a, size_t n, const char *b, size_t m)
{
	size_t row[MAX_WORD + 1];

	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = corner + (a[i - 1] != b[j - 1]);
			corner = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[m];
}

/* Beginning and end count as a letter of their own. */
static bool share_piece(const char *a, size_t n, const char *b, size_t m)
{
	if (a[0] == b[0] || a[n - 1] == b[m - 1])
		return true;
	for (size_t i = 0; i + 1 < n; i++)
		for (size_t j = 0; j + 1 < m; j++)
			if (a[i] == b[j] && a[i + 1] == b[j + 1])
				return true;
	return false;
}

/* 0 when it is below min in any case. */
static double similarity(const char *a, size_t n, struct str name, double min)
{
	char b[MAX_WORD];
	size_t m = normal(name, b);
	double longer = (double)(n > m ? n : m), shorter = (double)(n > m ? m : n);

	if (shorter < 1 || shorter / longer < min || !share_piece(a, n, b, m))
		return 0;
	return 1 - (double)edits(a, n, b, m) / longer;
}

struct str rest_cache_near(struct str word, const struct str *names, size_t n, double min)
{
	char text[MAX_WORD];
	size_t len = word.len > MAX_WORD ? 0 : normal(word, text);
	struct str best = STR_NULL;

	for (size_t i = 0; i < n; i++) {
		double s = str_eq_nocase(word, names[i]) ? 1 : similarity(text, len, names[i], min);
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
