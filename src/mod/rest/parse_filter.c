/* [not.]op[(modifier)].value, and the name in front of '=' that it belongs to. */
#include <string.h>

#include "base/arena.h"
#include "mod/rest/parse_local.h"

/* What may stand in parentheses behind an operator. */
enum modifier { MODIFIER_NONE, MODIFIER_COLUMN, MODIFIER_ANY, MODIFIER_CONFIG };

static const struct op {
	struct str word; /* of two bytes at least */
	enum rest_op op;
	enum modifier modifier;
} ops[] = {
	{{STR_INIT("eq")}, REST_EQ, MODIFIER_ANY},
	{{STR_INIT("gte")}, REST_GTE, MODIFIER_ANY},
	{{STR_INIT("gt")}, REST_GT, MODIFIER_ANY},
	{{STR_INIT("lte")}, REST_LTE, MODIFIER_ANY},
	{{STR_INIT("lt")}, REST_LT, MODIFIER_ANY},
	{{STR_INIT("in")}, REST_IN, MODIFIER_NONE},
	{{STR_INIT("isdistinct")}, REST_ISDISTINCT, MODIFIER_COLUMN},
	{{STR_INIT("is")}, REST_IS, MODIFIER_NONE},
	{{STR_INIT("neq")}, REST_NEQ, MODIFIER_COLUMN},
	{{STR_INIT("like")}, REST_LIKE, MODIFIER_ANY},
	{{STR_INIT("ilike")}, REST_ILIKE, MODIFIER_ANY},
	{{STR_INIT("match")}, REST_MATCH, MODIFIER_ANY},
	{{STR_INIT("imatch")}, REST_IMATCH, MODIFIER_ANY},
	{{STR_INIT("fts")}, REST_FTS, MODIFIER_CONFIG},
	{{STR_INIT("plfts")}, REST_PLFTS, MODIFIER_CONFIG},
	{{STR_INIT("phfts")}, REST_PHFTS, MODIFIER_CONFIG},
	{{STR_INIT("wfts")}, REST_WFTS, MODIFIER_CONFIG},
	{{STR_INIT("cs")}, REST_CS, MODIFIER_COLUMN},
	{{STR_INIT("cd")}, REST_CD, MODIFIER_COLUMN},
	{{STR_INIT("ov")}, REST_OV, MODIFIER_COLUMN},
	{{STR_INIT("sl")}, REST_SL, MODIFIER_COLUMN},
	{{STR_INIT("sr")}, REST_SR, MODIFIER_COLUMN},
	{{STR_INIT("nxr")}, REST_NXR, MODIFIER_COLUMN},
	{{STR_INIT("nxl")}, REST_NXL, MODIFIER_COLUMN},
	{{STR_INIT("adj")}, REST_ADJ, MODIFIER_COLUMN},
};

/* NULL: none of them, as noted. */
static const struct op *scan_operator(struct rest_scan *s, bool negated)
{
	size_t left = (size_t)(s->end - s->p);

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		struct str word = ops[i].word;
		if (left >= word.len && s->p[0] == word.p[0] && s->p[1] == word.p[1] &&
			memcmp(s->p + 2, word.p + 2, word.len - 2) == 0) {
			s->p += word.len;
			return &ops[i];
		}
	}
	rest_scan_miss(s, s->p, rest_scan_differs(s, negated ? "in" : "not"),
		WANT(OPERATOR) | (negated ? 0 : WANT(NOT)));
	return NULL;
}

/* any), all), col) */
static int scan_word_modifier(struct rest_scan *s, enum modifier allowed, struct rest_cond *c)
{
	if (allowed == MODIFIER_ANY && rest_scan_word(s, "any"))
		c->quant = REST_QUANT_ANY;
	else if (allowed == MODIFIER_ANY && rest_scan_word(s, "all"))
		c->quant = REST_QUANT_ALL;
	else if (rest_scan_word(s, "col"))
		c->is_column = true;
	else
		return rest_scan_miss(s, s->p, rest_scan_differs(s, "all"), WANT(OPERATOR));
	s->p += 3;
	return 0;
}

static int scan_modifier(struct rest_scan *s, enum modifier allowed, struct rest_cond *c)
{
	if (!rest_scan_is(s, '(') || allowed == MODIFIER_NONE ||
		(allowed == MODIFIER_COLUMN && !rest_scan_word(s, "(col)")))
		return 0;
	s->p++;
	if (allowed == MODIFIER_CONFIG ? rest_scan_ident(s, &c->config)
				       : scan_word_modifier(s, allowed, c)) {
		s->want = WANT(OPERATOR);
		return -1;
	}
	if (!rest_scan_is(s, ')'))
		return rest_scan_here(s, WANT(OPERATOR));
	s->p++;
	return 0;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static int scan_is(struct rest_scan *s, struct rest_cond *c)
{
	static const char *const words[] = {[REST_IS_NULL] = "null",
		[REST_IS_NOT_NULL] = "not_null",
		[REST_IS_TRUE] = "true",
		[REST_IS_FALSE] = "false",
		[REST_IS_UNKNOWN] = "unknown"};
	const char *furthest = s->p;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *p = s->p, *word = words[i];
		while (p < s->end && *word && lower(*p) == *word)
			p++, word++;
		if (!*word) {
			c->is = (enum rest_is)i;
			s->p = p;
			return 0;
		}
		if (p > furthest)
			furthest = p;
	}
	return rest_scan_miss(s, furthest, furthest, WANT(IS));
}

/* Behind the dot. */
static int scan_right_side(struct rest_scan *s, bool in_list, struct rest_cond *c)
{
	if (c->is_column)
		return rest_scan_field(s, &c->other);
	if (c->op == REST_IN)
		return rest_scan_list(s, &c->value);
	if (c->op == REST_IS)
		return scan_is(s, c);
	if (rest_scan_value(s, in_list, &c->value))
		return -1;
	if (c->op == REST_LIKE || c->op == REST_ILIKE)
		c->value = rest_scan_wildcards(s, c->value);
	return 0;
}

static int scan_not(struct rest_scan *s, struct rest_cond *c)
{
	if (!rest_scan_word(s, "not"))
		return 0;
	s->p += 3;
	if (!rest_scan_is(s, '.'))
		return rest_scan_here(s, WANT(DELIMITER));
	s->p++;
	c->negated = true;
	return 0;
}

int rest_scan_test(struct rest_scan *s, bool in_list, struct rest_cond *c)
{
	c->kind = REST_COND_TEST;
	c->param = c->config_param = -1;
	if (scan_not(s, c))
		return -1;
	const struct op *op = scan_operator(s, c->negated);
	if (!op)
		return -1;
	c->op = op->op;
	if (scan_modifier(s, op->modifier, c))
		return -1;
	if (!rest_scan_is(s, '.'))
		return rest_scan_here(s, WANT(OPERATOR));
	s->p++;
	s->tail = 0;
	const char *value = s->p;
	if (scan_right_side(s, in_list, c))
		return -1;
	if (in_list && s->p == value && s->p == s->end) /* for the refusal that comes now */
		s->tail = WANT(QUOTE) | WANT(BRACE);
	return 0;
}

/* --- keys ------------------------------------------------------------------------------------- */

int rest_scan_key(struct rest_scan *s, const char *what, struct str key, struct rest_key *ret)
{
	rest_scan_start(s, what, key);
	ret->n = 0;
	for (;;) {
		if (rest_scan_name(s, &ret->field.name))
			return -1;
		if (!rest_scan_is(s, '.'))
			break;
		if (ret->n == REST_MAX_DEPTH)
			return rest_scan_limit(s, REST_TOO_DEEP);
		ret->path[ret->n++] = ret->field.name;
		s->p++;
	}
	if (rest_scan_path(s, &ret->field))
		return -1;
	if (s->p < s->end)
		return rest_scan_here(s, s->tail | WANT(DELIMITER) | WANT(END));
	return 0;
}

int rest_scan_filter(struct rest_scan *s, const struct rest_key *key, struct str value,
	struct rest_cond **ret)
{
	struct rest_cond *c = ARENA_NEW(s->arena, struct rest_cond);

	if (rest_scan_part(s))
		return -1;
	rest_scan_start(s, "filter", value);
	c->field = key->field;
	if (rest_scan_test(s, false, c))
		return -1;
	if (s->p < s->end)
		return rest_scan_here(s, s->tail | WANT(END));
	*ret = c;
	return 0;
}

int rest_parse_filter(struct arena *a, struct str key, struct str value,
	struct rest_cond **ret_cond, struct rest_fault *f)
{
	struct rest_scan s = {.arena = a, .left = REST_MAX_NODES};
	struct rest_key k;

	if (rest_scan_key(&s, "tree path", key, &k))
		return rest_scan_say(&s, f);
	if (k.n)
		return rest_tree_find(&(struct rest_node){.items = NULL}, &k, false,
			&(struct rest_node *){NULL}, f);
	return rest_scan_filter(&s, &k, value, ret_cond) ? rest_scan_say(&s, f) : 0;
}
