/* A node tree as PostgreSQL stores it: {NAME :field value …}, (list), words; a backslash takes the meaning from the next byte. Only
 * depths are counted, so what is between may be anything. */
#include "base/arena.h"
#include "mod/rest/cache_local.h"

/* More columns than a view can have. */
#define MOST_TARGETS 4096

struct walk {
	const char *p, *end;
	unsigned depth; /* of braces and parentheses that are open */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t';
}

static bool is_sign(char c)
{
	return c == '{' || c == '}' || c == '(' || c == ')';
}

/* The next brace, parenthesis or word; false at the end. */
static bool next(struct walk *w, struct str *ret_token)
{
	while (w->p < w->end && is_blank(*w->p))
		w->p++;
	if (w->p == w->end)
		return false;
	const char *from = w->p;
	if (is_sign(*from)) {
		bool opens = *from == '{' || *from == '(';
		w->depth = opens ? w->depth + 1 : w->depth - (w->depth > 0);
		w->p++;
	} else {
		while (w->p < w->end && !is_blank(*w->p) && !is_sign(*w->p))
			w->p += *w->p == '\\' && w->p + 1 < w->end ? 2 : 1;
	}
	*ret_token = str_from(from, (size_t)(w->p - from));
	return true;
}

static bool is_next(struct walk *w, const char *token)
{
	struct str t;

	return next(w, &t) && str_eq(t, str_of(token));
}

/* A field's number, unless a name that looks like the field stood there. */
static void take_number(struct walk *w, unsigned *ret_n)
{
	struct walk ahead = *w;
	struct str token;
	int64_t n;

	if (next(&ahead, &token) && str_to_i64(token, &n) && n >= 0 && n <= UINT32_MAX) {
		*ret_n = (unsigned)n;
		*w = ahead;
	}
}

/* Behind its "{", to its "}". false: it is none, or the text ends before. */
static bool take_entry(struct walk *w, struct cache_target *ret_target, bool *ret_is_junk)
{
	unsigned inside = w->depth;
	struct str token;

	if (!is_next(w, "TARGETENTRY"))
		return false;
	while (next(w, &token)) {
		if (w->depth < inside)
			return true;
		if (w->depth > inside)
			continue;
		if (str_eq(token, STR(":resno")))
			take_number(w, &ret_target->number);
		else if (str_eq(token, STR(":resorigtbl")))
			take_number(w, &ret_target->table);
		else if (str_eq(token, STR(":resorigcol")))
			take_number(w, &ret_target->column);
		else if (str_eq(token, STR(":resjunk")))
			*ret_is_junk = is_next(w, "true");
	}
	return false;
}

/* To the value of :targetList of the query that the walk is in. */
static bool find_list(struct walk *w)
{
	unsigned inside = w->depth;
	struct str token;

	while (next(w, &token)) {
		if (w->depth < inside)
			return false;
		if (w->depth == inside && str_eq(token, STR(":targetList")))
			return is_next(w, "(");
	}
	return false;
}

/* To the list of a rule's only query; it stands in a list itself. */
static bool find_targets(struct walk *w)
{
	return is_next(w, "(") && is_next(w, "{") && is_next(w, "QUERY") && find_list(w);
}

size_t cache_nodes_targets(struct arena *a, struct str tree, struct cache_target **ret_targets)
{
	struct walk w = {tree.p, tree.p ? tree.p + tree.len : NULL, 0};
	size_t n = 0, cap = 0;

	*ret_targets = NULL;
	if (!tree.p || !find_targets(&w))
		return 0;
	for (struct str token; next(&w, &token) && str_eq(token, STR("{"));) {
		struct cache_target target = {0};
		bool is_junk = false;

		if (n == MOST_TARGETS || !take_entry(&w, &target, &is_junk))
			return 0;
		if (is_junk || !target.table || !target.column)
			continue;
		if (n == cap) {
			size_t more = cap ? cap * 2 : 16;
			*ret_targets = arena_resize(a, *ret_targets, cap * sizeof target,
				more * sizeof target);
			cap = more;
		}
		(*ret_targets)[n++] = target;
	}
	return n;
}
