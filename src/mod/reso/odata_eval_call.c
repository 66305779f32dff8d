/* What functions and arithmetic give. */
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "mod/reso/odata_eval_local.h"

#define WHOLE(v) ((struct odata_value){.type = ODATA_INT64, .n = (v), .x = (double)(v)})
#define TRUTH(v) ((struct odata_value){.type = ODATA_BOOLEAN, .n = (v)})

/* --- texts: counted in characters ------------------------------------------------------------------------ */

static size_t characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

/* Where character n begins. */
static size_t offset_of(struct str s, size_t n)
{
	size_t i = 0;

	for (; i < s.len; i++)
		if (((unsigned char)s.p[i] & 0xc0) != 0x80 && n-- == 0)
			break;
	return i;
}

static struct odata_value text(struct str s)
{
	return (struct odata_value){.type = ODATA_STRING, .text = s};
}

static struct str upper(struct arena *a, struct str s)
{
	char *p = arena_dup(a, s.p, s.len);

	for (size_t i = 0; i < s.len; i++)
		if (p[i] >= 'a' && p[i] <= 'z')
			p[i] = (char)(p[i] - 'a' + 'A');
	return str_from(p, s.len);
}

static struct str part_of(struct str s, const struct odata_value *from, const struct odata_value *n)
{
	size_t start = from->n > 0 ? offset_of(s, (size_t)from->n) : 0;
	struct str rest = str_sub(s, start, s.len);

	if (n->type == ODATA_NULL)
		return rest;
	return str_sub(rest, 0, n->n > 0 ? offset_of(rest, (size_t)n->n) : 0);
}

static struct odata_value index_of(struct str s, struct str needle)
{
	ptrdiff_t at = str_find(s, needle);

	return WHOLE(at < 0 ? -1 : (int64_t)characters(str_sub(s, 0, (size_t)at)));
}

/* --- times ---------------------------------------------------------------------------------------------- */

static int64_t day_of(const struct odata_value *v)
{
	if (v->type == ODATA_DATE)
		return v->n;
	return v->n / US_PER_DAY - (v->n % US_PER_DAY < 0);
}

static int64_t us_of_day(const struct odata_value *v)
{
	return v->type == ODATA_TIME ? v->n : v->n - day_of(v) * US_PER_DAY;
}

static struct odata_value calendar(enum odata_function function, const struct odata_value *v)
{
	struct clock_date d = clock_date_of((int32_t)day_of(v));

	return WHOLE(function == ODATA_YEAR ? d.year : function == ODATA_MONTH ? d.month : d.day);
}

/* --- numbers -------------------------------------------------------------------------------------------- */

static struct odata_value number(double x)
{
	return (struct odata_value){.type = ODATA_DECIMAL, .x = x};
}

double odata_eval_miles(struct odata_point a, struct odata_point b)
{
	const double radius = 3958.7613, degree = M_PI / 180;
	double dlat = sin((b.lat - a.lat) * degree / 2), dlon = sin((b.lon - a.lon) * degree / 2);
	double h = dlat * dlat + cos(a.lat * degree) * cos(b.lat * degree) * dlon * dlon;

	return 2 * radius * asin(fmin(1, sqrt(h)));
}

static bool is_whole(const struct odata_value *v)
{
	return v->type == ODATA_INT16 || v->type == ODATA_INT32 || v->type == ODATA_INT64;
}

/* Of two whole numbers; null when the result is none, or too large. */
static struct odata_value whole_sum(enum odata_op op, int64_t a, int64_t b)
{
	int64_t n = 0;
	bool fails = false;

	if (op == ODATA_ADD)
		fails = __builtin_add_overflow(a, b, &n);
	else if (op == ODATA_SUB)
		fails = __builtin_sub_overflow(a, b, &n);
	else if (op == ODATA_MUL)
		fails = __builtin_mul_overflow(a, b, &n);
	else if (b == 0 || (b == -1 && a == INT64_MIN))
		fails = true;
	else
		n = op == ODATA_DIV ? a / b : a % b;
	return fails ? ODATA_NOTHING : WHOLE(n);
}

static struct odata_value broken_sum(enum odata_op op, double a, double b)
{
	double x = 0;

	if (op == ODATA_ADD)
		x = a + b;
	else if (op == ODATA_SUB)
		x = a - b;
	else if (op == ODATA_MUL)
		x = a * b;
	else if (b != 0)
		x = op == ODATA_MOD ? fmod(a, b) : a / b;
	else
		return ODATA_NOTHING;
	return isfinite(x) ? number(x) : ODATA_NOTHING;
}

struct odata_value odata_eval_sum(enum odata_op op, const struct odata_value *a,
	const struct odata_value *b)
{
	if (op == ODATA_NEGATE) {
		if (is_whole(a))
			return whole_sum(ODATA_SUB, 0, a->n);
		return a->type == ODATA_NULL ? ODATA_NOTHING : number(-a->x);
	}
	if (a->type == ODATA_NULL || b->type == ODATA_NULL)
		return ODATA_NOTHING;
	if (op != ODATA_DIVBY && is_whole(a) && is_whole(b))
		return whole_sum(op, a->n, b->n);
	return broken_sum(op, a->x, b->x);
}

struct odata_value odata_eval_call(const struct odata_node *node, const struct odata_value *v,
	struct arena *scratch)
{
	for (size_t i = 0; i < node->n; i++)
		if (v[i].type == ODATA_NULL)
			return ODATA_NOTHING;
	switch (node->function) {
	case ODATA_CONTAINS: return TRUTH(str_find(v[0].text, v[1].text) >= 0);
	case ODATA_STARTSWITH: return TRUTH(str_starts(v[0].text, v[1].text));
	case ODATA_ENDSWITH: return TRUTH(str_ends(v[0].text, v[1].text));
	case ODATA_TOLOWER: return text(str_lower(scratch, v[0].text));
	case ODATA_TOUPPER: return text(upper(scratch, v[0].text));
	case ODATA_TRIM: return text(str_trim(v[0].text));
	case ODATA_LENGTH: return WHOLE((int64_t)characters(v[0].text));
	case ODATA_CONCAT: return text(STR_JOIN(scratch, v[0].text, v[1].text));
	case ODATA_INDEXOF: return index_of(v[0].text, v[1].text);
	case ODATA_SUBSTRING: return text(part_of(v[0].text, &v[1], &v[2]));
	case ODATA_DATE_OF: return (struct odata_value){.type = ODATA_DATE, .n = day_of(&v[0])};
	case ODATA_TIME_OF: return (struct odata_value){.type = ODATA_TIME, .n = us_of_day(&v[0])};
	case ODATA_YEAR:
	case ODATA_MONTH:
	case ODATA_DAY_OF: return calendar(node->function, &v[0]);
	case ODATA_HOUR: return WHOLE(us_of_day(&v[0]) / US_PER_SECOND / 3600);
	case ODATA_MINUTE: return WHOLE(us_of_day(&v[0]) / US_PER_SECOND / 60 % 60);
	case ODATA_SECOND: return WHOLE(us_of_day(&v[0]) / US_PER_SECOND % 60);
	case ODATA_ROUND: return number(round(v[0].x));
	case ODATA_FLOOR: return number(floor(v[0].x));
	case ODATA_CEILING: return number(ceil(v[0].x));
	case ODATA_DISTANCE:
		return (struct odata_value){.type = ODATA_DOUBLE,
			.x = odata_eval_miles(v[0].point, v[1].point)};
	}
	return ODATA_NOTHING;
}
