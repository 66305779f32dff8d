/* select: columns, embeds, spreads and aggregates, separated by commas. */
#include <string.h>

#include "base/arena.h"
#include "mod/rest/parse_local.h"

#define WANT_ITEM (WANT(SPREAD) | WANT(NAME) | WANT(STAR) | WANT(COUNT_CALL))
#define WANT_ITEM_END (WANT(CLOSE_FIRST) | WANT(COMMA) | WANT(END))

struct select {
	struct rest_scan *s;
	int depth;
};

static int scan_items(struct select *l, struct rest_item **ret);

static bool is_item_end(const struct rest_scan *s)
{
	return s->p == s->end || *s->p == ',' || *s->p == ')';
}

static bool is_double_colon(const struct rest_scan *s)
{
	return s->end - s->p >= 2 && s->p[0] == ':' && s->p[1] == ':';
}

/* --- embeds ----------------------------------------------------------------------------------- */

/* !hint, !inner, !left: at most two, in any order. */
static int scan_params(struct rest_scan *s, struct rest_item *item)
{
	for (int i = 0; i < 2 && rest_scan_is(s, '!'); i++) {
		struct str word;
		s->p++;
		bool is_quoted = rest_scan_is(s, '"');
		if (rest_scan_name(s, &word))
			return -1;
		enum rest_join join = is_quoted      ? REST_JOIN_DEFAULT
			: str_eq(word, STR("left"))  ? REST_JOIN_LEFT
			: str_eq(word, STR("inner")) ? REST_JOIN_INNER
						     : REST_JOIN_DEFAULT;
		if (join && !item->join)
			item->join = join;
		else if (!join && !item->hint.p)
			item->hint = word;
	}
	rest_scan_blank(s);
	return 0;
}

/* At the '(' of a relation whose name and parameters are known. */
static int scan_embed(struct select *l, struct rest_item *item)
{
	struct rest_scan *s = l->s;

	if (++l->depth > REST_MAX_DEPTH)
		return rest_scan_limit(s, REST_TOO_DEEP);
	item->node = ARENA_NEW(s->arena, struct rest_node);
	item->node->limit_param = item->node->offset_param = -1;
	s->p++;
	if (scan_items(l, &item->node->items))
		return -1;
	if (!rest_scan_is(s, ')'))
		return rest_scan_here(s, s->tail);
	l->depth--;
	s->p++;
	s->tail = WANT(COMMA) | WANT(CLOSE);
	return 0;
}

static int scan_spread(struct select *l, struct rest_item *item)
{
	struct rest_scan *s = l->s;

	item->kind = REST_ITEM_SPREAD;
	s->p += 3;
	if (rest_scan_name(s, &item->field.name))
		return -1;
	uint64_t bang = WANT(BANG) * !rest_scan_is(s, '!');
	if (scan_params(s, item))
		return -1;
	if (!rest_scan_is(s, '('))
		return rest_scan_here(s, (s->tail & ~WANT_ARROWS) | bang | WANT(OPEN));
	return scan_embed(l, item);
}

/* Behind a name: "!hint(...)" or "(...)". When it does not go on like this it was a column, and the place before is the wrong one. */
static int scan_relation(struct select *l, struct rest_item *item)
{
	struct rest_scan *s = l->s;
	const char *first = s->p;
	uint64_t tail = s->tail;

	item->kind = REST_ITEM_EMBED;
	bool fits = !scan_params(s, item) && rest_scan_is(s, '(') &&
		!str_eq(item->field.name, STR("count"));
	if (s->limit)
		return -1;
	if (!fits)
		return rest_scan_miss(s, first, first,
			tail | WANT(CAST) | WANT(DOT) | WANT_ITEM_END);
	return scan_embed(l, item);
}

/* --- columns ---------------------------------------------------------------------------------- */

/* ::int, and beyond PostgREST ::int[] and ::"character varying(3)". */
static int scan_cast(struct rest_scan *s, struct str *ret, bool *ret_has)
{
	*ret_has = rest_scan_is(s, ':');
	if (!*ret_has)
		return 0;
	if (!is_double_colon(s))
		return rest_scan_miss(s, s->p, s->p + 1, WANT(CAST));
	s->p += 2;
	if (rest_scan_is(s, '"'))
		return rest_scan_name(s, ret);
	if (rest_scan_ident(s, ret))
		return -1;
	while (rest_scan_word(s, "[]")) {
		s->p += 2;
		ret->len = (size_t)(s->p - ret->p);
	}
	return 0;
}

int rest_scan_aggregate(struct rest_scan *s, enum rest_agg *ret)
{
	static const struct {
		const char *word;
		enum rest_agg agg;
		uint64_t want; /* when it begins like this one */
	} words[] = {
		{"sum", REST_AGG_SUM, WANT(SUM)},
		{"avg", REST_AGG_AVG, WANT(AVG)},
		{"count", REST_AGG_COUNT, WANT(COUNT)},
		{"max", REST_AGG_MAX, WANT_AGG},
		{"min", REST_AGG_MIN, WANT_AGG},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!rest_scan_is(s, *words[i].word))
			continue;
		if (rest_scan_word(s, words[i].word)) {
			s->p += strlen(words[i].word);
			if (!rest_scan_word(s, "()"))
				return rest_scan_miss(s, s->p, rest_scan_differs(s, "()"),
					WANT(CALL));
			s->p += 2;
			*ret = words[i].agg;
			return 0;
		}
		if (words[i].want != WANT_AGG)
			return rest_scan_miss(s, s->p, rest_scan_differs(s, words[i].word),
				words[i].want);
	}
	return rest_scan_here(s, WANT_AGG);
}

/* "count()" with what may follow; the same rule for what is wrong as scan_relation. */
static int scan_count(struct rest_scan *s, struct rest_item *item)
{
	const char *paren = s->p;
	uint64_t tail = s->tail;
	bool has_cast;

	item->kind = REST_ITEM_FIELD;
	item->agg = REST_AGG_COUNT;
	item->field.name = STR("");
	s->p += 2;
	bool fits = !scan_cast(s, &item->agg_cast, &has_cast);
	rest_scan_blank(s);
	if (!fits || !is_item_end(s))
		return rest_scan_miss(s, paren, paren,
			tail | WANT(CAST) | WANT(DOT) | WANT_ITEM_END);
	s->tail = WANT(AGG_CAST) | WANT_ITEM_END;
	return 0;
}

/* Behind the name of a column: path, cast, aggregate, cast of the aggregate. */
static int scan_column(struct rest_scan *s, struct rest_item *item)
{
	bool has_cast, has_agg_cast;
	uint64_t want;

	item->kind = REST_ITEM_FIELD;
	if (rest_scan_path(s, &item->field))
		return -1;
	rest_scan_gap(s);
	if (scan_cast(s, &item->cast, &has_cast))
		return -1;
	want = has_cast ? WANT(LETTER) | WANT(DIGIT) | WANT(DOT) | WANT(AGG_CAST)
			: s->tail | WANT(CAST) | WANT(DOT);
	if (rest_scan_is(s, '.')) {
		s->p++;
		if (rest_scan_aggregate(s, &item->agg))
			return -1;
		want = WANT(AGG_CAST);
	}
	if (scan_cast(s, &item->agg_cast, &has_agg_cast))
		return -1;
	if (has_agg_cast)
		want = WANT(LETTER) | WANT(DIGIT);
	rest_scan_blank(s);
	s->tail = want | WANT_ITEM_END;
	return is_item_end(s) ? 0 : rest_scan_here(s, s->tail);
}

/* --- items ------------------------------------------------------------------------------------ */

static int scan_star(struct rest_scan *s, struct rest_item *item)
{
	item->kind = REST_ITEM_STAR;
	s->p++;
	s->tail = WANT_ITEM_END;
	return is_item_end(s) || *s->p == ' ' || *s->p == '\t' ? 0 : rest_scan_here(s, s->tail);
}

/* alias:name, or name. *ret_is_count: it is the word count followed by (). */
static int scan_names(struct rest_scan *s, struct rest_item *item, bool *ret_is_count)
{
	const char *first = s->p;

	if (rest_scan_name(s, &item->field.name))
		return -1;
	if (rest_scan_is(s, ':') && !is_double_colon(s)) {
		item->alias = item->field.name;
		first = ++s->p;
		if (rest_scan_name(s, &item->field.name)) {
			if (s->at == first)
				s->want |= WANT(COLON);
			return -1;
		}
	}
	*ret_is_count =
		s->p - first == 5 && memcmp(first, "count", 5) == 0 && rest_scan_word(s, "()");
	return 0;
}

static int scan_item(struct select *l, struct rest_item *item)
{
	struct rest_scan *s = l->s;
	bool is_count;

	if (rest_scan_is(s, '*'))
		return scan_star(s, item);
	if (rest_scan_word(s, "..."))
		return scan_spread(l, item);
	const char *first = s->p;
	if (scan_names(s, item, &is_count)) {
		if (s->at == first)
			s->want = WANT_ITEM;
		return -1;
	}
	if (is_count)
		return scan_count(s, item);
	if (rest_scan_is(s, '(') || rest_scan_is(s, '!'))
		return scan_relation(l, item);
	return scan_column(s, item);
}

/* Up to the end of the text or a ')'. */
static int scan_items(struct select *l, struct rest_item **ret)
{
	struct rest_scan *s = l->s;
	bool is_inside = l->depth;

	*ret = NULL;
	rest_scan_blank(s);
	const char *first = s->p;
	if (is_inside ? rest_scan_is(s, ')') : s->p == s->end)
		return 0;
	for (bool is_first = true;; is_first = false) {
		struct rest_item *item = ARENA_NEW(s->arena, struct rest_item);
		if (rest_scan_part(s))
			return -1;
		if (scan_item(l, item)) {
			if (is_inside && s->at == first && s->want == WANT_ITEM)
				rest_scan_miss(s, s->at, rest_scan_differs(s, "..."),
					WANT_ITEM | WANT(CLOSE));
			return -1;
		}
		if (!is_first)
			s->tail = WANT(COMMA) | WANT(CLOSE);
		*ret = item;
		ret = &item->next;
		rest_scan_blank(s);
		if (!rest_scan_is(s, ','))
			return 0;
		s->p++;
		rest_scan_blank(s);
	}
}

int rest_scan_select(struct rest_scan *s, struct str text, struct rest_item **ret)
{
	struct select l = {.s = s};

	rest_scan_start(s, "select parameter", text);
	if (scan_items(&l, ret))
		return -1;
	return s->p == s->end ? 0 : rest_scan_here(s, WANT(COMMA) | WANT(END));
}

int rest_parse_select(struct arena *a, struct str text, struct rest_item **ret_items,
	struct rest_fault *f)
{
	struct rest_scan s = {.arena = a, .left = REST_MAX_NODES};

	return rest_scan_select(&s, text, ret_items) ? rest_scan_say(&s, f) : 0;
}
