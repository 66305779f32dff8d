/* Values as a client writes them, made what PostgreSQL takes: texts, and lists as array literals. */
#include <string.h>

#include "base/arena.h"
#include "mod/rest/parse_local.h"

static bool is_value_end(char c)
{
	return c == ',' || c == ')';
}

static struct str scan_raw(struct rest_scan *s)
{
	const char *first = s->p;

	while (s->p < s->end && !is_value_end(*s->p))
		s->p++;
	return str_from(first, (size_t)(s->p - first));
}

/* "x" with nothing behind it but the end of the value; otherwise the quotes belong to the text. */
static bool scan_quoted_value(struct rest_scan *s, struct str *ret)
{
	const char *first = s->p;
	struct rest_scan before = *s;

	if (!rest_scan_is(s, '"') || rest_scan_quoted(s, ret) ||
		(s->p < s->end && !is_value_end(*s->p))) {
		*s = before;
		s->p = first;
		return false;
	}
	return true;
}

/* {a,b} without braces inside: the commas are its own. */
static bool scan_array(struct rest_scan *s, struct str *ret)
{
	const char *p = s->p;

	if (!rest_scan_is(s, '{'))
		return false;
	for (p++; p < s->end && *p != '{' && *p != '}';)
		p++;
	if (p == s->end || *p != '}')
		return false;
	*ret = str_from(s->p, (size_t)(p + 1 - s->p));
	s->p = p + 1;
	return true;
}

int rest_scan_value(struct rest_scan *s, bool in_list, struct str *ret)
{
	if (!in_list) {
		*ret = str_from(s->p, (size_t)(s->end - s->p));
		s->p = s->end;
	} else if (!scan_quoted_value(s, ret) && !scan_array(s, ret)) {
		*ret = scan_raw(s);
	}
	return 0;
}

struct str rest_scan_wildcards(struct rest_scan *s, struct str value)
{
	if (str_find_char(value, '*') < 0)
		return value;
	char *out = arena_dup(s->arena, value.p, value.len);
	for (size_t i = 0; i < value.len; i++)
		if (out[i] == '*')
			out[i] = '%';
	return str_from(out, value.len);
}

/* --- lists ------------------------------------------------------------------------------------ */

/* An array literal: its length is counted first (p NULL), then it is written. */
struct literal {
	char *p;
	size_t len;
};

static void literal_char(struct literal *l, char c)
{
	if (l->p)
		l->p[l->len] = c;
	l->len++;
}

/* Always quoted, so that null and blanks are texts as well. */
static void literal_element(struct literal *l, struct str element)
{
	literal_char(l, l->len ? ',' : '{');
	literal_char(l, '"');
	for (size_t i = 0; i < element.len; i++) {
		if (element.p[i] == '"' || element.p[i] == '\\')
			literal_char(l, '\\');
		literal_char(l, element.p[i]);
	}
	literal_char(l, '"');
}

static void scan_element(struct rest_scan *s, struct str *ret)
{
	if (!scan_quoted_value(s, ret))
		*ret = scan_raw(s);
}

/* From behind the '(' to the ')'. Twice over the same text gives the same, so only the first time can fail. */
static int scan_elements(struct rest_scan *s, struct literal *l)
{
	const char *first = s->p;
	struct str element;

	for (;;) {
		scan_element(s, &element);
		literal_element(l, element);
		if (!rest_scan_is(s, ','))
			break;
		s->p++;
	}
	if (!rest_scan_is(s, ')'))
		return rest_scan_here(s,
			(s->p == first ? WANT(QUOTE) : 0) | WANT(COMMA) | WANT(CLOSE));
	literal_char(l, '}');
	return 0;
}

int rest_scan_list(struct rest_scan *s, struct str *ret)
{
	struct literal l = {.p = NULL};

	rest_scan_blank(s);
	if (!rest_scan_is(s, '('))
		return rest_scan_here(s, WANT(OPEN));
	s->p++;
	rest_scan_blank(s);
	const char *first = s->p;
	if (scan_elements(s, &l))
		return -1;
	if (s->p == first) {
		*ret = STR("{}");
	} else {
		l.p = arena_alloc(s->arena, l.len + 1);
		s->p = first;
		l.len = 0;
		scan_elements(s, &l);
		*ret = str_from(l.p, l.len);
	}
	s->p++;
	rest_scan_blank(s);
	return 0;
}
