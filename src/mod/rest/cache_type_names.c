#include <string.h>

#include "base/map.h"
#include "mod/rest/cache_local.h"

#define MAX_NAME 128 /* longer than any name of a type with its schema */

/* What SQL calls a type and neither pg_type nor format_type() does. */
static const struct alias {
	const char *written, *name;
} aliases[] = {{"int", "int4"}, {"dec", "numeric"}, {"decimal", "numeric"}, {"float", "float8"},
	{"char", "bpchar"}, {"nchar", "bpchar"}, {"national character", "bpchar"},
	{"national character varying", "varchar"}, {"char varying", "varchar"}};

struct reader {
	char text[MAX_NAME]; /* as PostgreSQL folds it: lower case outside of quotes, one blank */
	size_t n, dot;       /* dot: bytes of the schema; 0: none is written */
	unsigned dims;
	bool is_quoted; /* the last part is */
	bool is_bad;
};

static void put(struct reader *r, char c)
{
	if (r->n + 1 < sizeof r->text)
		r->text[r->n++] = c;
	else
		r->is_bad = true;
}

/* From the opening quote; behind the closing one. */
static size_t take_quoted(struct reader *r, struct str s, size_t i)
{
	r->is_quoted = true;
	for (i++; i < s.len; i++) {
		if (s.p[i] == '"' && (i + 1 == s.len || s.p[i + 1] != '"'))
			return i + 1;
		i += s.p[i] == '"';
		put(r, s.p[i]);
	}
	r->is_bad = true;
	return i;
}

/* From '(' or '['; behind the closing one. A modifier does not matter here, a bracket is a dimension. */
static size_t take_group(struct reader *r, struct str s, size_t i)
{
	char close = s.p[i] == '(' ? ')' : ']';

	r->dims += close == ']';
	while (i < s.len && s.p[i] != close)
		i++;
	r->is_bad |= i == s.len;
	return i + 1;
}

static void take_char(struct reader *r, char c)
{
	bool is_blank = c == ' ' || c == '\t';

	if (c == '.' && !r->dot) {
		r->dot = r->n;
		r->is_bad |= !r->n;
		r->is_quoted = false;
	} else if (!is_blank) {
		put(r, c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c);
	} else if (r->n && r->text[r->n - 1] != ' ') {
		put(r, ' ');
	}
}

static void read_name(struct reader *r, struct str s)
{
	for (size_t i = 0; i < s.len && !r->is_bad;) {
		if (s.p[i] == '"')
			i = take_quoted(r, s, i);
		else if (s.p[i] == '(' || s.p[i] == '[')
			i = take_group(r, s, i);
		else
			take_char(r, s.p[i++]);
	}
	while (r->n && r->text[r->n - 1] == ' ' && !r->is_quoted)
		r->n--;
}

static const struct rest_type *in_schema(const struct rest_cache *c, struct str schema,
	struct str name)
{
	struct cache_schema *s = cache_schema_find(c, schema);

	return s ? map_get(s->types, name) : NULL;
}

static const struct rest_type *own(const struct rest_cache *c, struct str name)
{
	for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
		if (str_eq(name, str_of(aliases[i].written)))
			name = str_of(aliases[i].name);
	return in_schema(c, STR("pg_catalog"), name);
}

static const struct rest_type *look_up(const struct rest_cache *c, struct str schema,
	const struct reader *r)
{
	struct str name = str_from(r->text + r->dot, r->n - r->dot);
	const struct rest_type *t;

	if (r->dot)
		return in_schema(c, str_from(r->text, r->dot), name);
	t = r->is_quoted ? in_schema(c, STR("pg_catalog"), name) : own(c, name);
	if (!t)
		t = in_schema(c, schema, name);
	for (size_t i = 0; !t && i < c->n_extra; i++)
		t = map_get(c->extra[i]->types, name);
	return t;
}

const struct rest_type *rest_cache_type_named(const struct rest_cache *c, struct str schema,
	struct str name)
{
	struct reader r = {.n = 0};

	read_name(&r, str_trim(name));
	if (r.is_bad || !r.n)
		return NULL;
	const struct rest_type *t = look_up(c, schema, &r);
	/* int[] and int[][] are one type. */
	return t && r.dims ? t->array : t;
}
