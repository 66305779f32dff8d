/* Groups: (a.eq.1,or(b.gt.2,not.and(c.is.null,d.in.(1,2)))), and `having`, whose tests are on aggregates. */
#include "base/arena.h"
#include "mod/rest/parse_local.h"

struct logic {
	struct rest_scan *s;
	bool is_having;
	int depth;
};

static int scan_condition(struct logic *l, struct rest_cond **ret);

/* Behind "and" or "or": (c,c,...) */
static int scan_members(struct logic *l, struct rest_cond **ret)
{
	struct rest_scan *s = l->s;

	if (l->depth == REST_MAX_DEPTH)
		return rest_scan_limit(s, REST_TOO_DEEP);
	rest_scan_blank(s);
	if (!rest_scan_is(s, '('))
		return rest_scan_here(s, WANT(OPEN));
	l->depth++;
	uint64_t tail = ~0ull;
	do {
		s->p++;
		if (scan_condition(l, ret))
			return -1;
		ret = &(*ret)->next;
		s->tail &= tail; /* only the first one's is told */
		tail = 0;
	} while (rest_scan_is(s, ','));
	if (!rest_scan_is(s, ')'))
		return rest_scan_here(s, s->tail | WANT(COMMA) | WANT(CLOSE));
	l->depth--;
	s->p++;
	rest_scan_blank(s);
	s->tail = 0;
	return 0;
}

/* Is it the beginning of a group? What was noted before stays when it is not even that: the furthest place wins. */
static int scan_operator(struct rest_scan *s, bool negated, struct rest_cond *c)
{
	if (rest_scan_word(s, "and")) {
		c->kind = REST_COND_AND;
		s->p += 3;
		return 0;
	}
	if (rest_scan_word(s, "or")) {
		c->kind = REST_COND_OR;
		s->p += 2;
		return 0;
	}
	if (rest_scan_is(s, 'o'))
		return rest_scan_miss(s, s->p, s->p + 1, WANT(OR));
	if (negated)
		return rest_scan_miss(s, s->p, rest_scan_differs(s, "and"), WANT(LOGIC));
	if (s->at == s->p)
		s->want |= WANT(NEGATION) | WANT(LOGIC);
	else if (rest_scan_word(s, "not") && s->at == s->p + 3)
		s->want |= WANT(NEGATION);
	return -1;
}

static int scan_group(struct logic *l, struct rest_cond *c)
{
	struct rest_scan *s = l->s;

	c->negated = rest_scan_word(s, "not.");
	if (c->negated)
		s->p += 4;
	if (scan_operator(s, c->negated, c))
		return -1;
	return scan_members(l, &c->first);
}

/* name.sum().gt.5, not.count().lt.3 */
static int scan_aggregate_test(struct rest_scan *s, struct rest_cond *c)
{
	bool negated = rest_scan_word(s, "not.");

	if (negated)
		s->p += 4;
	if (rest_scan_word(s, "count()")) {
		c->field.name = STR("");
		c->agg = REST_AGG_COUNT;
		s->p += 7;
	} else {
		if (rest_scan_field(s, &c->field))
			return -1;
		if (!rest_scan_is(s, '.'))
			return rest_scan_here(s, s->tail | WANT(DELIMITER));
		s->p++;
		if (rest_scan_aggregate(s, &c->agg))
			return -1;
	}
	if (!rest_scan_is(s, '.'))
		return rest_scan_here(s, WANT(DELIMITER));
	s->p++;
	if (rest_scan_test(s, true, c))
		return -1;
	c->negated ^= negated;
	return 0;
}

static int scan_test(struct rest_scan *s, struct rest_cond *c)
{
	if (rest_scan_field(s, &c->field))
		return -1;
	if (!rest_scan_is(s, '.'))
		return rest_scan_here(s, s->tail | WANT(DELIMITER));
	s->p++;
	return rest_scan_test(s, true, c);
}

/* A test when it reads as one; so a column may be called "and". */
static int scan_condition(struct logic *l, struct rest_cond **ret)
{
	struct rest_scan *s = l->s;
	struct rest_cond *c = ARENA_NEW(s->arena, struct rest_cond);

	rest_scan_blank(s);
	const char *first = s->p;
	if (rest_scan_part(s))
		return -1;
	if (l->is_having ? scan_aggregate_test(s, c) : scan_test(s, c)) {
		if (s->limit)
			return -1;
		s->p = first;
		*c = (struct rest_cond){.param = -1, .config_param = -1};
		if (scan_group(l, c))
			return -1;
	}
	rest_scan_blank(s);
	*ret = c;
	return 0;
}

int rest_scan_logic(struct rest_scan *s, bool is_or, bool negated, struct str text,
	struct rest_cond **ret)
{
	struct rest_cond *c = ARENA_NEW(s->arena, struct rest_cond);
	struct logic l = {.s = s};

	if (rest_scan_part(s))
		return -1;
	*c = (struct rest_cond){.kind = is_or ? REST_COND_OR : REST_COND_AND,
		.negated = negated,
		.param = -1,
		.config_param = -1};
	rest_scan_start(s, "logic tree", text);
	s->indent = (negated ? 4 : 0) + (is_or ? 2 : 3); /* PostgREST reads "not.or(...)" */
	if (scan_members(&l, &c->first))
		return -1;
	while (rest_scan_is(s,
		')')) /* one too many does no harm: its specification has such a case */
		s->p++;
	if (s->p < s->end)
		return rest_scan_here(s, WANT(END));
	*ret = c;
	return 0;
}

int rest_scan_having(struct rest_scan *s, struct str text, struct rest_cond **ret)
{
	struct logic l = {.s = s, .is_having = true};

	rest_scan_start(s, "having parameter", text);
	for (;;) {
		if (scan_condition(&l, ret))
			return -1;
		ret = &(*ret)->next;
		if (!rest_scan_is(s, ','))
			break;
		s->p++;
	}
	if (s->p < s->end)
		return rest_scan_here(s, WANT(COMMA) | WANT(END));
	return 0;
}

int rest_parse_logic(struct arena *a, bool is_or, bool negated, struct str text,
	struct rest_cond **ret_cond, struct rest_fault *f)
{
	struct rest_scan s = {.arena = a, .left = REST_MAX_NODES};

	return rest_scan_logic(&s, is_or, negated, text, ret_cond) ? rest_scan_say(&s, f) : 0;
}
