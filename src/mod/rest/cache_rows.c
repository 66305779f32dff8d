#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "mod/rest/cache_local.h"

void cache_oids_add(struct cache_oids *o, struct arena *a, unsigned oid, void *p)
{
	if (o->n == o->cap) {
		size_t cap = o->cap ? o->cap * 2 : 64;

		o->v = arena_resize(a, o->v, o->cap * sizeof *o->v, cap * sizeof *o->v);
		o->cap = cap;
	}
	o->v[o->n++] = (struct cache_oid){oid, p};
}

static int by_oid(const void *p, const void *q)
{
	const struct cache_oid *a = p, *b = q;

	return (a->oid > b->oid) - (a->oid < b->oid);
}

void cache_oids_sort(struct cache_oids *o)
{
	if (o->n)
		qsort(o->v, o->n, sizeof *o->v, by_oid);
}

void *cache_oids_get(const struct cache_oids *o, unsigned oid)
{
	struct cache_oid wanted = {oid, NULL}, *found = NULL;

	if (o->n)
		found = bsearch(&wanted, o->v, o->n, sizeof *o->v, by_oid);
	return found ? found->p : NULL;
}

void cache_name(struct arena *a, struct str name, struct str *ret_name, struct str *ret_sql)
{
	char *p = arena_alloc(a, 2 * name.len + 2);
	size_t n = 0;

	p[n++] = '"';
	for (size_t i = 0; i < name.len; i++) {
		if (name.p[i] == '"')
			p[n++] = '"';
		p[n++] = name.p[i];
	}
	p[n++] = '"';
	*ret_sql = str_from(p, n);
	*ret_name = n == name.len + 2 ? str_from(p + 1, name.len) : str_copy(a, name);
}

struct str cache_qualified(struct arena *a, struct str schema, struct str name)
{
	struct str plain, first, second;

	cache_name(a, schema, &plain, &first);
	cache_name(a, name, &plain, &second);
	return str_printf(a, STR_FMT "." STR_FMT, STR_ARG(first), STR_ARG(second));
}

/* One element from p on, unescaped where it stands. Ends at the comma or brace behind it. */
static char *take_text(char *p, const char *end, struct str *ret_text)
{
	bool quoted = p < end && *p == '"';
	char *text = p, *to = p;

	for (p += quoted; p < end; p++) {
		if (quoted ? *p == '"' : *p == ',' || *p == '}')
			break;
		if (*p == '\\' && p + 1 < end)
			p++;
		*to++ = *p;
	}
	if (quoted && p < end)
		p++;
	*ret_text = str_from(text, (size_t)(to - text));
	if (!quoted && str_eq(*ret_text, STR("NULL")))
		*ret_text = STR_NULL;
	return p;
}

size_t cache_texts(struct arena *a, struct str array, struct str **ret_texts)
{
	size_t n = 0, most = 1;

	*ret_texts = NULL;
	if (array.len < 3 || array.p[0] != '{' || array.p[array.len - 1] != '}')
		return 0;
	for (size_t i = 0; i < array.len; i++)
		most += array.p[i] == ',';
	*ret_texts = arena_array(a, most, sizeof **ret_texts);
	char *p = arena_dup(a, array.p, array.len), *end = p + array.len;
	do
		p = take_text(p + 1, end, &(*ret_texts)[n++]);
	while (p < end && *p == ',' && n < most);
	return n;
}

size_t cache_numbers(struct arena *a, struct str array, unsigned **ret_numbers)
{
	struct str *texts;
	size_t n = cache_texts(a, array, &texts);
	int64_t number;

	*ret_numbers = arena_array(a, n, sizeof **ret_numbers);
	for (size_t i = 0; i < n; i++)
		if (str_to_i64(texts[i], &number))
			(*ret_numbers)[i] = (unsigned)number;
	return n;
}

struct str cache_text_array(struct arena *a, const struct str *texts, size_t n)
{
	size_t size = 3, at = 0;

	for (size_t i = 0; i < n; i++)
		size += 2 * texts[i].len + 3;
	char *p = arena_alloc(a, size);

	p[at++] = '{';
	for (size_t i = 0; i < n; i++) {
		if (i)
			p[at++] = ',';
		p[at++] = '"';
		for (size_t j = 0; j < texts[i].len; j++) {
			if (texts[i].p[j] == '"' || texts[i].p[j] == '\\')
				p[at++] = '\\';
			p[at++] = texts[i].p[j];
		}
		p[at++] = '"';
	}
	p[at++] = '}';
	return str_from(p, at);
}
