/* Functions: which there are, and what they take. */
#include "base/arena.h"
#include "base/nearest.h"
#include "mod/reso/odata_filter_local.h"

/* Of arguments: a text, a whole number, a number, a time, a date or a time, a time or a time of day, a point. */
enum kind { TEXT, WHOLE, NUMBER, MOMENT, DAYS, CLOCKS, POINT };

static const struct call {
	const char *name;
	enum odata_function function;
	enum odata_type type;
	unsigned min, max;
	enum kind args[3];
} calls[] = {
	{"contains", ODATA_CONTAINS, ODATA_BOOLEAN, 2, 2, {TEXT, TEXT}},
	{"startswith", ODATA_STARTSWITH, ODATA_BOOLEAN, 2, 2, {TEXT, TEXT}},
	{"endswith", ODATA_ENDSWITH, ODATA_BOOLEAN, 2, 2, {TEXT, TEXT}},
	{"tolower", ODATA_TOLOWER, ODATA_STRING, 1, 1, {TEXT}},
	{"toupper", ODATA_TOUPPER, ODATA_STRING, 1, 1, {TEXT}},
	{"trim", ODATA_TRIM, ODATA_STRING, 1, 1, {TEXT}},
	{"length", ODATA_LENGTH, ODATA_INT32, 1, 1, {TEXT}},
	{"concat", ODATA_CONCAT, ODATA_STRING, 2, 2, {TEXT, TEXT}},
	{"indexof", ODATA_INDEXOF, ODATA_INT32, 2, 2, {TEXT, TEXT}},
	{"substring", ODATA_SUBSTRING, ODATA_STRING, 2, 3, {TEXT, WHOLE, WHOLE}},
	{"date", ODATA_DATE_OF, ODATA_DATE, 1, 1, {MOMENT}},
	{"time", ODATA_TIME_OF, ODATA_TIME, 1, 1, {MOMENT}},
	{"year", ODATA_YEAR, ODATA_INT32, 1, 1, {DAYS}},
	{"month", ODATA_MONTH, ODATA_INT32, 1, 1, {DAYS}},
	{"day", ODATA_DAY_OF, ODATA_INT32, 1, 1, {DAYS}},
	{"hour", ODATA_HOUR, ODATA_INT32, 1, 1, {CLOCKS}},
	{"minute", ODATA_MINUTE, ODATA_INT32, 1, 1, {CLOCKS}},
	{"second", ODATA_SECOND, ODATA_INT32, 1, 1, {CLOCKS}},
	{"round", ODATA_ROUND, ODATA_DECIMAL, 1, 1, {NUMBER}},
	{"floor", ODATA_FLOOR, ODATA_DECIMAL, 1, 1, {NUMBER}},
	{"ceiling", ODATA_CEILING, ODATA_DECIMAL, 1, 1, {NUMBER}},
	{"geo.distance", ODATA_DISTANCE, ODATA_DOUBLE, 2, 2, {POINT, POINT}},
};

static bool fits(const struct odata_node *arg, enum kind kind)
{
	enum odata_type t = arg->type;

	switch (kind) {
	case TEXT: return t == ODATA_STRING || t == ODATA_NULL;
	case WHOLE: return t == ODATA_INT64 || t == ODATA_INT32 || t == ODATA_INT16;
	case NUMBER: return odata_type_is_number(t) || t == ODATA_NULL;
	case MOMENT: return t == ODATA_TIMESTAMP || t == ODATA_NULL;
	case DAYS: return t == ODATA_TIMESTAMP || t == ODATA_DATE || t == ODATA_NULL;
	case CLOCKS: return t == ODATA_TIMESTAMP || t == ODATA_TIME || t == ODATA_NULL;
	case POINT: return t == ODATA_POINT;
	}
	return false;
}

static const char *wanted(enum kind kind)
{
	static const char *const words[] = {[TEXT] = "a text or a field with one",
		[WHOLE] = "a whole number",
		[NUMBER] = "a number",
		[MOMENT] = "a time or a field with one",
		[DAYS] = "a date, a time or a field with one",
		[CLOCKS] = "a time or a field with one",
		[POINT] = "a point such as POINT(-80.19 25.76), or a field with one"};

	return words[kind];
}

static void *unknown(struct odata_parser *p, struct str name, size_t at)
{
	struct nearest near = nearest_to(str_cstr(p->a, name));

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		nearest_offer(&near, calls[i].name);
	odata_fault_set(p->f, 400, "$filter", at,
		"$filter: there is no function '" STR_FMT "' (position %zu)%s%s%s", STR_ARG(name),
		at, near.best ? "; did you mean '" : "", near.best ? near.best : "",
		near.best ? "'?" : "");
	return NULL;
}

/* Stands at the opening parenthesis; afterwards behind the closing one. */
static bool arguments(struct odata_parser *p, const struct call *c, struct odata_node *node)
{
	do {
		size_t at;
		const struct odata_node *arg;
		odata_lex_next(&p->lex);
		at = odata_filter_here(p);
		if (node->n == c->max)
			return odata_filter_wrong(p, at, "a closing parenthesis");
		arg = odata_filter_either(p);
		if (!arg)
			return false;
		if (!odata_filter_single(p, arg))
			return false;
		if (!fits(arg, c->args[node->n]))
			return odata_filter_wrong(p, at, wanted(c->args[node->n]));
		if (!odata_filter_arg(p, node, node->n++, arg))
			return false;
	} while (p->lex.token == ODATA_COMMA);
	if (node->n < c->min)
		return odata_filter_wrong(p, odata_filter_here(p), "a comma");
	if (p->lex.token != ODATA_CLOSE)
		return odata_filter_wrong(p, odata_filter_here(p), "a closing parenthesis");
	odata_lex_next(&p->lex);
	return true;
}

/* now(), which takes nothing. */
static const struct odata_node *now(struct odata_parser *p, size_t at)
{
	struct odata_node *node = odata_filter_node(p, ODATA_LITERAL, ODATA_TIMESTAMP, at, 0);

	odata_lex_next(&p->lex);
	if (p->lex.token != ODATA_CLOSE)
		return odata_filter_wrong(p, odata_filter_here(p), "a closing parenthesis");
	odata_lex_next(&p->lex);
	if (node)
		node->value = (struct odata_value){.type = ODATA_TIMESTAMP, .n = p->now_us};
	return node;
}

const struct odata_node *odata_filter_call(struct odata_parser *p, struct str name, size_t at)
{
	const struct call *c = NULL;
	struct odata_node *node;

	if (str_eq_nocase(name, STR("now")))
		return now(p, at);
	if (str_eq_nocase(name, STR("point"))) /* Bridge's: no quotes around it */
		return odata_filter_point(p);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (str_eq_nocase(name, str_of(calls[i].name)))
			c = &calls[i];
	if (!c)
		return unknown(p, name, at);
	node = odata_filter_node(p, ODATA_CALL, c->type, at, c->max);
	if (!node)
		return NULL;
	node->function = c->function;
	node->n = 0;
	return arguments(p, c, node) ? node : NULL;
}
