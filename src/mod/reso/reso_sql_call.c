/* Arithmetic and functions of a $filter. Null in, null out; no number or position makes PostgreSQL fail. */
#include "base/arena.h"
#include "mod/reso/reso_sql_local.h"

/* --- arithmetic ----------------------------------------------------------------------------------- */

static bool is_whole(enum odata_type t)
{
	return t == ODATA_INT16 || t == ODATA_INT32 || t == ODATA_INT64;
}

/* left with (nullif(right, 0)) behind */
static int divide(struct reso_sql *q, struct buf *b, const struct odata_node *n, const char *before,
	const char *with)
{
	buf_cstr(b, before);
	if (reso_sql_expr(q, b, n->args[0]))
		return -1;
	buf_printf(b, " %s nullif(", with);
	if (reso_sql_expr(q, b, n->args[1]))
		return -1;
	buf_cstr(b, ", 0))");
	return 0;
}

int reso_sql_arithmetic(struct reso_sql *q, struct buf *b, const struct odata_node *n)
{
	switch ((int)n->op) {
	case ODATA_ADD: return reso_sql_infix(q, b, n, " + ");
	case ODATA_SUB: return reso_sql_infix(q, b, n, " - ");
	case ODATA_MUL: return reso_sql_infix(q, b, n, " * ");
	case ODATA_MOD: return divide(q, b, n, "(", "%");
	case ODATA_DIV: return divide(q, b, n, is_whole(n->type) ? "trunc(" : "(", "/");
	default: return divide(q, b, n, "(", "/");
	}
}

/* --- functions ------------------------------------------------------------------------------------ */

/* The arguments between the pieces of a pattern: "strpos(% , %) > 0". */
static int pattern(struct reso_sql *q, struct buf *b, const struct odata_node *n, const char *text)
{
	for (; *text; text++) {
		if (*text < '0' || *text > '2') {
			buf_char(b, *text == '#' ? '0' : *text == '!' ? '1' : *text);
			continue;
		}
		buf_char(b, '(');
		if (reso_sql_expr(q, b, n->args[*text - '0']))
			return -1;
		buf_char(b, ')');
	}
	return 0;
}

static int part_of_time(struct reso_sql *q, struct buf *b, const struct odata_node *n,
	const char *part)
{
	buf_printf(b, "floor(extract(%s from ", part);
	if (pattern(q, b, n, n->args[0]->type == ODATA_TIMESTAMP ? "0 at time zone 'UTC'" : "0"))
		return -1;
	buf_cstr(b, "))");
	return 0;
}

static int distance(struct reso_sql *q, struct buf *b, const struct odata_node *n)
{
	const struct odata_point *p = &n->args[1]->value.point;

	if (n->args[0]->op != ODATA_FIELD || n->args[0]->scope || n->args[1]->op != ODATA_LITERAL)
		return odata_fault_set(q->fault, 501, "$filter", n->at,
			"geo.distance is served between the listing and a POINT");
	buf_cstr(b, "mls.reso_distance(");
	reso_sql_field(q, b, &(struct odata_field){.name = STR("Longitude"), .type = ODATA_DOUBLE});
	buf_cstr(b, ", ");
	reso_sql_field(q, b, &(struct odata_field){.name = STR("Latitude"), .type = ODATA_DOUBLE});
	buf_printf(b, ", %s::float8, %s::float8)", reso_sql_param(q, db_f64(q->arena, p->lon)),
		reso_sql_param(q, db_f64(q->arena, p->lat)));
	return 0;
}

/* In patterns 0, 1, 2 are the arguments, # is a nought and ! a one. */
int reso_sql_call(struct reso_sql *q, struct buf *b, const struct odata_node *n)
{
	switch (n->function) {
	case ODATA_CONTAINS: return pattern(q, b, n, "(strpos(0, 1) > #)");
	case ODATA_STARTSWITH: return pattern(q, b, n, "starts_with(0, 1)");
	case ODATA_ENDSWITH: return pattern(q, b, n, "(right(0, length(1)) = 1)");
	case ODATA_TOLOWER: return pattern(q, b, n, "lower(0)");
	case ODATA_TOUPPER: return pattern(q, b, n, "upper(0)");
	case ODATA_TRIM: return pattern(q, b, n, "btrim(0, e' \\t\\r\\n')");
	case ODATA_LENGTH: return pattern(q, b, n, "length(0)");
	case ODATA_CONCAT: return pattern(q, b, n, "(0 || 1)");
	case ODATA_INDEXOF: return pattern(q, b, n, "(strpos(0, 1) - !)");
	case ODATA_SUBSTRING:
		return pattern(q, b, n,
			n->n > 2
				? "substr(0, least(greatest(1, #), !######)::integer + !, least(greatest(2, #), !######)::integer)"
				: "substr(0, least(greatest(1, #), !######)::integer + !)");
	case ODATA_DATE_OF: return pattern(q, b, n, "(0 at time zone 'UTC')::date");
	case ODATA_TIME_OF: return pattern(q, b, n, "(0 at time zone 'UTC')::time");
	case ODATA_YEAR: return part_of_time(q, b, n, "year");
	case ODATA_MONTH: return part_of_time(q, b, n, "month");
	case ODATA_DAY_OF: return part_of_time(q, b, n, "day");
	case ODATA_HOUR: return part_of_time(q, b, n, "hour");
	case ODATA_MINUTE: return part_of_time(q, b, n, "minute");
	case ODATA_SECOND: return part_of_time(q, b, n, "second");
	case ODATA_ROUND: return pattern(q, b, n, "round(0)");
	case ODATA_FLOOR: return pattern(q, b, n, "floor(0)");
	case ODATA_CEILING: return pattern(q, b, n, "ceil(0)");
	case ODATA_DISTANCE: return distance(q, b, n);
	}
	return odata_fault_set(q->fault, 501, "$filter", n->at, "this function is not served");
}
