/* Values, as they are written. */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "mod/reso/odata_filter_local.h"

bool odata_filter_is_literal(const struct odata_parser *p)
{
	switch (p->lex.token) {
	case ODATA_TEXT:
	case ODATA_TYPED:
	case ODATA_NUMBER:
	case ODATA_DAY:
	case ODATA_MOMENT:
	case ODATA_CLOCK: return true;
	case ODATA_WORD:
		return odata_lex_is(&p->lex, "null") || odata_lex_is(&p->lex, "true") ||
			odata_lex_is(&p->lex, "false");
	case ODATA_END:
	case ODATA_OPEN:
	case ODATA_CLOSE:
	case ODATA_COMMA:
	case ODATA_SLASH:
	case ODATA_COLON:
	case ODATA_MINUS:
	case ODATA_STRANGE: break;
	}
	return false;
}

static bool number(struct str s, struct odata_value *v)
{
	if (!str_to_f64(s, &v->x))
		return false;
	v->type = str_to_i64(s, &v->n) ? ODATA_INT64 : ODATA_DECIMAL;
	v->text = s;
	return true;
}

/* hh:mm[:ss[.fraction]], read as the time of a day long ago. */
static bool time_of_day(struct arena *a, struct str s, struct odata_value *v)
{
	if (str_find_char(s, '+') >= 0 || str_find_char(s, '-') >= 0 ||
		str_find_char(s, 'Z') >= 0 || str_find_char(s, 'z') >= 0)
		return false;
	v->type = ODATA_TIME;
	return clock_parse_iso(STR_JOIN(a, STR("1970-01-01T"), s, STR("Z")), &v->n);
}

static bool day(struct str s, struct odata_value *v)
{
	int32_t days;

	if (!clock_parse_date(s, &days))
		return false;
	v->type = ODATA_DATE;
	v->n = days;
	return true;
}

static bool truth(struct odata_parser *p, struct odata_value *v)
{
	if (odata_lex_is(&p->lex, "null"))
		return true;
	v->type = ODATA_BOOLEAN;
	v->n = odata_lex_is(&p->lex, "true");
	return true;
}

/* "1D" of P1D, "2H" ... up to the whole of a duration, where the unit is one of `units`. */
static bool duration_part(struct str *s, const char *units, const int64_t *us, int64_t *sum)
{
	size_t n = 0;
	const char *unit;
	int64_t count;

	while (n < s->len && s->p[n] >= '0' && s->p[n] <= '9')
		n++;
	if (!n || n > 9 || n >= s->len || !(unit = memchr(units, s->p[n], strlen(units))))
		return false;
	if (!str_to_i64(str_sub(*s, 0, n), &count))
		return false;
	*sum += count * us[unit - units];
	*s = str_sub(*s, n + 1, s->len);
	return true;
}

/* ISO 8601: P1D, -PT2H30M, P1DT5S */
static bool duration(struct str s, struct odata_value *v)
{
	static const int64_t days[] = {US_PER_DAY};
	static const int64_t times[] = {3600 * US_PER_SECOND, 60 * US_PER_SECOND, US_PER_SECOND};
	bool is_negative = str_starts(s, STR("-"));
	int64_t sum = 0;

	s = str_sub(s, is_negative, s.len);
	if (!str_starts(s, STR("P")) || s.len < 3)
		return false;
	s = str_sub(s, 1, s.len);
	while (s.len && s.p[0] != 'T')
		if (!duration_part(&s, "D", days, &sum))
			return false;
	if (s.len == 1)
		return false;
	for (s = str_sub(s, 1, s.len); s.len;)
		if (!duration_part(&s, "HMS", times, &sum))
			return false;
	v->type = ODATA_DURATION;
	v->n = is_negative ? -sum : sum;
	return true;
}

/* "POINT(-80.19 25.76)", perhaps with "SRID=4326;" in front; the word in any case. */
static bool point(struct str s, struct odata_value *v)
{
	if (str_starts(s, STR("SRID=4326;")))
		s = str_sub(s, 10, s.len);
	if (!str_eq_nocase(str_sub(s, 0, 5), STR("POINT")))
		return false;
	s = str_trim(str_sub(s, 5, s.len));
	if (!str_starts(s, STR("(")) || !str_ends(s, STR(")")))
		return false;
	struct str lat = str_trim(str_sub(s, 1, s.len - 1)), lon = str_cut(&lat, ' ');
	v->type = ODATA_POINT;
	return lat.p && str_to_f64(lon, &v->point.lon) &&
		str_to_f64(str_trim(lat), &v->point.lat) && v->point.lon >= -180 &&
		v->point.lon <= 180 && v->point.lat >= -90 && v->point.lat <= 90;
}

/* Namespace.Type'Value': what is between the quotes is a text, unless the type is one of the few below. */
static bool typed(struct odata_parser *p, struct odata_value *v)
{
	struct str type = p->lex.type;

	if (str_eq_nocase(type, STR("duration")))
		return duration(p->lex.word, v);
	if (str_eq_nocase(type, STR("geography")))
		return point(p->lex.word, v);
	v->type = ODATA_STRING;
	v->text = p->lex.word;
	return str_find_char(type, '.') > 0;
}

static bool value(struct odata_parser *p, struct odata_value *v)
{
	switch (p->lex.token) {
	case ODATA_TEXT:
		v->type = ODATA_STRING;
		v->text = p->lex.word;
		return true;
	case ODATA_TYPED: return typed(p, v);
	case ODATA_NUMBER: return number(p->lex.word, v);
	case ODATA_DAY: return day(p->lex.word, v);
	case ODATA_MOMENT: v->type = ODATA_TIMESTAMP; return clock_parse_iso(p->lex.word, &v->n);
	case ODATA_CLOCK: return time_of_day(p->a, p->lex.word, v);
	case ODATA_WORD: return truth(p, v);
	case ODATA_END:
	case ODATA_OPEN:
	case ODATA_CLOSE:
	case ODATA_COMMA:
	case ODATA_SLASH:
	case ODATA_COLON:
	case ODATA_MINUS:
	case ODATA_STRANGE: break;
	}
	return false;
}

static enum odata_type type_of(const struct odata_parser *p)
{
	switch (p->lex.token) {
	case ODATA_NUMBER: return ODATA_INT64;
	case ODATA_DAY: return ODATA_DATE;
	case ODATA_MOMENT: return ODATA_TIMESTAMP;
	case ODATA_CLOCK: return ODATA_TIME;
	case ODATA_TYPED:
		return str_eq_nocase(p->lex.type, STR("geography"))   ? ODATA_POINT
			: str_eq_nocase(p->lex.type, STR("duration")) ? ODATA_DURATION
								      : ODATA_NULL;
	case ODATA_END:
	case ODATA_WORD:
	case ODATA_TEXT:
	case ODATA_OPEN:
	case ODATA_CLOSE:
	case ODATA_COMMA:
	case ODATA_SLASH:
	case ODATA_COLON:
	case ODATA_MINUS:
	case ODATA_STRANGE: break;
	}
	return ODATA_NULL;
}

struct odata_node *odata_filter_literal(struct odata_parser *p)
{
	struct odata_value v = {0};
	struct odata_node *node;

	if (!odata_filter_is_literal(p))
		return odata_filter_wrong(p, odata_filter_here(p), "a value");
	if (!value(p, &v))
		return odata_filter_wrong(p, odata_filter_here(p), odata_filter_wanted(type_of(p)));
	node = ARENA_NEW(p->a, struct odata_node);
	*node = (struct odata_node){.op = ODATA_LITERAL,
		.type = v.type,
		.at = odata_filter_here(p),
		.value = v,
		.is_enum = p->lex.token == ODATA_TYPED && v.type == ODATA_STRING,
		.levels = 1};
	odata_lex_next(&p->lex);
	return node;
}

/* POINT(lon lat) without quotes, as Bridge takes it. */
struct odata_node *odata_filter_point(struct odata_parser *p)
{
	size_t from = p->lex.start, to = from;
	struct odata_value v = {0};
	struct odata_node *node;

	while (to < p->lex.all.len && p->lex.all.p[to] != ')')
		to++;
	if (!point(STR_JOIN(p->a, STR("POINT"), str_sub(p->lex.all, from, to + 1)), &v))
		return odata_filter_wrong(p, from + 1, odata_filter_wanted(ODATA_POINT));
	node = ARENA_NEW(p->a, struct odata_node);
	*node = (struct odata_node){.op = ODATA_LITERAL,
		.type = ODATA_POINT,
		.at = from + 1,
		.value = v,
		.levels = 1};
	p->lex.at = to + 1;
	odata_lex_next(&p->lex);
	return node;
}
