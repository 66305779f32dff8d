/* A $filter as an expression: odata_ast.h says what each operator means, with nulls. */
#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "mod/reso/catalog.h"
#include "mod/reso/reso_sql.h"
#include "mod/reso/reso_sql_local.h"

#define SECONDS_A_DAY 86400

/* --- literals ------------------------------------------------------------------------------------- */

static bool is_null(const struct odata_node *n)
{
	return n->op == ODATA_LITERAL && n->value.type == ODATA_NULL;
}

static struct str number_text(struct reso_sql *q, const struct odata_value *v)
{
	if (v->text.p)
		return v->text;
	return v->type == ODATA_DECIMAL || v->type == ODATA_DOUBLE
		? str_printf(q->arena, "%.17g", v->x)
		: str_printf(q->arena, "%lld", (long long)v->n);
}

struct str reso_sql_literal_text(struct reso_sql *q, const struct odata_value *v)
{
	char text[CLOCK_ISO_SIZE];
	int64_t s = v->n / US_PER_SECOND;

	switch (v->type) {
	case ODATA_BOOLEAN: return v->n ? STR("true") : STR("false");
	case ODATA_DATE: return str_copy(q->arena, str_of(clock_format_date(text, (int32_t)v->n)));
	case ODATA_TIMESTAMP: return str_copy(q->arena, str_of(clock_format_iso(text, v->n)));
	case ODATA_TIME:
		return str_printf(q->arena, "%02d:%02d:%02d.%06d", (int)(s / 3600),
			(int)(s / 60 % 60), (int)(s % 60), (int)(v->n % US_PER_SECOND));
	case ODATA_INT16:
	case ODATA_INT32:
	case ODATA_INT64:
	case ODATA_DECIMAL:
	case ODATA_DOUBLE: return number_text(q, v);
	case ODATA_NULL:
	case ODATA_STRING:
	case ODATA_DURATION:
	case ODATA_POINT:
	case ODATA_COMPLEX: break;
	}
	return v->text;
}

static void literal(struct reso_sql *q, struct buf *b, const struct odata_value *v)
{
	if (v->type == ODATA_NULL)
		buf_cstr(b, "null");
	else
		buf_printf(b, "%s::%s", reso_sql_text(q, reso_sql_literal_text(q, v)),
			reso_sql_type(v->type));
}

/* '{"a","b"}' */
const char *reso_sql_array(struct reso_sql *q, const struct odata_node *const *nodes, size_t n)
{
	struct buf b;

	buf_init(&b, 0);
	buf_char(&b, '{');
	for (size_t i = 0; i < n; i++) {
		if (is_null(nodes[i]))
			continue;
		struct str s = reso_sql_literal_text(q, &nodes[i]->value);
		buf_cstr(&b, b.len > 1 ? ",\"" : "\"");
		for (size_t k = 0; k < s.len; k++) {
			if (s.p[k] == '"' || s.p[k] == '\\')
				buf_char(&b, '\\');
			buf_char(&b, s.p[k]);
		}
		buf_char(&b, '"');
	}
	buf_char(&b, '}');
	const char *p = reso_sql_text(q, str_copy(q->arena, buf_view(&b)));
	buf_done(&b);
	return p;
}

/* '["a","b"]' */
static const char *json_array(struct reso_sql *q, const struct odata_node *const *nodes, size_t n)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_arr(&w);
	for (size_t i = 0; i < n; i++)
		jsonw_str(&w, nodes[i]->value.text);
	jsonw_end(&w);
	const char *p = reso_sql_text(q, str_copy(q->arena, buf_view(&b)));
	buf_done(&b);
	return p;
}

/* --- fields of the row and of what any and all look at --------------------------------------------- */

static void field(struct reso_sql *q, struct buf *b, const struct odata_node *n)
{
	if (n->scope == 0)
		reso_sql_field(q, b, n->field);
	else
		buf_printf(b,
			reso_sql_is_address(q, n->field->name) ? "%s(case when " RESO_SHOWS_ADDRESS
								 " then e%u.v -> %s::text end)"
							       : "%s(e%u.v -> %s::text)",
			n->field->is_list ? "mls.reso_list" : reso_sql_reader(n->field->type),
			n->scope, reso_sql_text(q, n->field->name));
}

/* The pictures that this consumer may see. */
static int media(struct reso_sql *q, struct buf *list, const struct odata_node *n)
{
	const struct odata_field f = {.name = STR("Media"), .is_list = true};

	if (!q->source->has_media)
		return odata_fault_set(q->fault, 403, "$filter", n->at,
			"this token is not for Media");
	if (q->catalog->is_full) {
		reso_sql_field(q, list, &f);
		return 0;
	}
	buf_cstr(list, "(select jsonb_agg(e.v) from jsonb_array_elements(");
	reso_sql_field(q, list, &f);
	buf_cstr(list, ") e (v) where (" RESO_IS_FOR_AGENTS ") is not true)");
	return 0;
}

static int quantifier(struct reso_sql *q, struct buf *b, const struct odata_node *n)
{
	struct buf list;
	int wrong = 0;

	buf_init(&list, 0);
	if (n->n)
		field(q, &list, n->args[0]);
	else if (n->scope == 0 && str_eq(n->navigation->name, STR("Media")) &&
		q->source->is_property)
		wrong = media(q, &list, n);
	else
		wrong = odata_fault_set(q->fault, 501, "$filter", n->at,
			"any and all are not served over " STR_FMT, STR_ARG(n->navigation->name));
	if (!wrong && !n->predicate) {
		buf_printf(b, "coalesce(jsonb_array_length(%s) > 0, false)", list.p);
	} else if (!wrong) {
		buf_printf(b, "%s (select from jsonb_array_elements(%s) e%u (v) where (",
			n->op == ODATA_ALL ? "not exists" : "exists", list.p, n->inner);
		wrong = reso_sql_expr(q, b, n->predicate);
		buf_cstr(b, n->op == ODATA_ALL ? ") is not true)" : "))");
	}
	buf_done(&list);
	return wrong;
}

/* --- comparisons: true or false, never null -------------------------------------------------------- */

/* A date beside a timestamp is midnight in UTC, whatever zone the session is in. */
static int side(struct reso_sql *q, struct buf *b, const struct odata_node *n,
	const struct odata_node *other)
{
	bool is_day = n->type == ODATA_DATE && other->type == ODATA_TIMESTAMP;

	buf_cstr(b, is_day ? "((" : "(");
	if (reso_sql_expr(q, b, n))
		return -1;
	buf_cstr(b, is_day ? ")::timestamp at time zone 'UTC')" : ")");
	return 0;
}

static const char *sign_of(enum odata_op op)
{
	return op == ODATA_GT ? ">" : op == ODATA_GE ? ">=" : op == ODATA_LT ? "<" : "<=";
}

/* Conditions may hold conditions: each side is written once, or the text would double with every level. 0, 1 and, for null, 2. */
static int order_conditions(struct reso_sql *q, struct buf *b, const struct odata_node *n)
{
	static const char *const pairs[] = {[ODATA_GT] = "3",
		[ODATA_GE] = "0, 3, 4, 8",
		[ODATA_LT] = "1",
		[ODATA_LE] = "0, 1, 4, 8"};

	buf_cstr(b, "(coalesce((");
	if (reso_sql_expr(q, b, n->args[0]))
		return -1;
	buf_cstr(b, ")::integer, 2) * 3 + coalesce((");
	if (reso_sql_expr(q, b, n->args[1]))
		return -1;
	buf_printf(b, ")::integer, 2) in (%s))", pairs[n->op]);
	return 0;
}

static int order(struct reso_sql *q, struct buf *b, const struct odata_node *n)
{
	const struct odata_node *l = n->args[0], *r = n->args[1];

	if (l->type == ODATA_BOOLEAN || r->type == ODATA_BOOLEAN)
		return order_conditions(q, b, n);
	bool or_both_null = (n->op == ODATA_GE || n->op == ODATA_LE) &&
		(l->op != ODATA_LITERAL || is_null(l)) && (r->op != ODATA_LITERAL || is_null(r));

	if (or_both_null) {
		buf_char(b, '(');
		if (side(q, b, l, r))
			return -1;
		buf_cstr(b, " is null and ");
		if (side(q, b, r, l))
			return -1;
		buf_cstr(b, " is null or ");
	}
	buf_cstr(b, "coalesce(");
	if (side(q, b, l, r))
		return -1;
	buf_printf(b, "%s %s ", l->type == ODATA_STRING ? " collate \"C\"" : "", sign_of(n->op));
	if (side(q, b, r, l))
		return -1;
	buf_cstr(b, or_both_null ? ", false))" : ", false)");
	return 0;
}

static int equal(struct reso_sql *q, struct buf *b, const struct odata_node *n)
{
	buf_char(b, '(');
	if (side(q, b, n->args[0], n->args[1]))
		return -1;
	buf_cstr(b, n->op == ODATA_EQ ? " is not distinct from " : " is distinct from ");
	if (side(q, b, n->args[1], n->args[0]))
		return -1;
	buf_char(b, ')');
	return 0;
}

static int in(struct reso_sql *q, struct buf *b, const struct odata_node *n)
{
	bool or_null = false;

	for (size_t i = 1; i < n->n; i++)
		or_null = or_null || is_null(n->args[i]);
	buf_cstr(b, "coalesce(");
	if (side(q, b, n->args[0], n->args[0]))
		return -1;
	buf_printf(b, " = any (%s::%s[]), %s)", reso_sql_array(q, n->args + 1, n->n - 1),
		reso_sql_type(n->args[0]->type), or_null ? "true" : "false");
	return 0;
}

static int has(struct reso_sql *q, struct buf *b, const struct odata_node *n)
{
	buf_char(b, '(');
	if (reso_sql_expr(q, b, n->args[0]))
		return -1;
	if (n->args[0]->is_list)
		buf_printf(b, " @> %s::jsonb)", json_array(q, n->args + 1, n->n - 1));
	else
		buf_printf(b, " = any (%s::text[]))", reso_sql_array(q, n->args + 1, n->n - 1));
	return 0;
}

/* --- all together ---------------------------------------------------------------------------------- */

int reso_sql_infix(struct reso_sql *q, struct buf *b, const struct odata_node *n, const char *with)
{
	buf_char(b, '(');
	if (reso_sql_expr(q, b, n->args[0]))
		return -1;
	buf_cstr(b, with);
	if (reso_sql_expr(q, b, n->args[1]))
		return -1;
	buf_char(b, ')');
	return 0;
}

static int prefix(struct reso_sql *q, struct buf *b, const struct odata_node *n, const char *with)
{
	buf_printf(b, "(%s ", with);
	if (reso_sql_expr(q, b, n->args[0]))
		return -1;
	buf_char(b, ')');
	return 0;
}

int reso_sql_expr(struct reso_sql *q, struct buf *b, const struct odata_node *n)
{
	switch (n->op) {
	case ODATA_LITERAL: literal(q, b, &n->value); return 0;
	case ODATA_FIELD: field(q, b, n); return 0;
	case ODATA_VARIABLE:
		buf_printf(b, "%s(e%u.v)", reso_sql_reader(n->type), n->scope);
		return 0;
	case ODATA_AND: return reso_sql_infix(q, b, n, " and ");
	case ODATA_OR: return reso_sql_infix(q, b, n, " or ");
	case ODATA_NOT: return prefix(q, b, n, "not");
	case ODATA_NEGATE: return prefix(q, b, n, "-");
	case ODATA_EQ:
	case ODATA_NE: return equal(q, b, n);
	case ODATA_GT:
	case ODATA_GE:
	case ODATA_LT:
	case ODATA_LE: return order(q, b, n);
	case ODATA_IN: return in(q, b, n);
	case ODATA_HAS: return has(q, b, n);
	case ODATA_ANY:
	case ODATA_ALL: return quantifier(q, b, n);
	case ODATA_ADD:
	case ODATA_SUB:
	case ODATA_MUL:
	case ODATA_DIV:
	case ODATA_DIVBY:
	case ODATA_MOD: return reso_sql_arithmetic(q, b, n);
	case ODATA_CALL: return reso_sql_call(q, b, n);
	}
	return odata_fault_set(q->fault, 501, "$filter", n->at, "this operator is not served");
}

int reso_sql_filter(struct reso_sql *q, const struct odata_node *filter)
{
	if (!filter)
		return 0;
	if (q->source->is_property || q->source->parent_key)
		reso_sql_imply(q, filter);
	buf_cstr(&q->where, " and (");
	if (reso_sql_expr(q, &q->where, filter))
		return -1;
	buf_char(&q->where, ')');
	return 0;
}
