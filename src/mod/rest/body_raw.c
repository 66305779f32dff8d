/* Where in the text of a JSON body its values stand: PostgreSQL's json keeps them as they were sent, spaces included. The text has been
 * parsed, so nothing is checked here: every bracket and quote that was opened is closed before the text ends. */
#include <string.h>

#include <stddef.h>
#include <string.h>

#include "base/json.h"
#include "mod/rest/body_local.h"

struct scan {
	const char *p;
};

static void pass_space(struct scan *s)
{
	while (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r' || *s->p == ',' ||
		*s->p == ':')
		s->p++;
}

static void pass_string(struct scan *s)
{
	size_t slashes = 0;

	do {
		s->p = rawmemchr(s->p + 1, '"');
		for (slashes = 0; s->p[-1 - (ptrdiff_t)slashes] == '\\';)
			slashes++;
	} while (slashes % 2);
	s->p++;
}

static void pass_container(struct scan *s)
{
	int depth = 0;

	do {
		if (*s->p == '"') {
			pass_string(s);
			continue;
		}
		depth += *s->p == '{' || *s->p == '[';
		depth -= *s->p == '}' || *s->p == ']';
		s->p++;
	} while (depth);
}

static struct str take_value(struct scan *s, const struct json *v)
{
	const char *begin = s->p;

	if (json_type(v) == JSON_ARRAY || json_type(v) == JSON_OBJECT)
		pass_container(s);
	else if (json_type(v) == JSON_STRING)
		pass_string(s);
	else
		while ((*s->p >= '0' && *s->p <= '9') || (*s->p >= 'a' && *s->p <= 'z') ||
			*s->p == 'E' || *s->p == '.' || *s->p == '-' || *s->p == '+')
			s->p++;
	return str_from(begin, (size_t)(s->p - begin));
}

/* s is before the row's brace, and then behind its last one. */
static void take_row(struct scan *s, const struct rest_body *b, const struct json *row,
	struct str *raw)
{
	size_t at = 0;

	pass_space(s);
	s->p++;
	for (struct json_iter it = json_each(row); json_next(&it);) {
		size_t column = body_column(b, it.key, at);
		pass_space(s);
		pass_string(s);
		pass_space(s);
		struct str value = take_value(s, it.value);
		if (column < b->n_columns)
			raw[column] = value;
		at = column + 1;
	}
	pass_space(s);
	s->p++;
}

void body_raw(const struct rest_body *b, struct str *raw)
{
	struct scan s = {b->text.p};
	struct json_iter it = json_each(b->json);

	pass_space(&s);
	if (json_type(b->json) == JSON_OBJECT) {
		take_row(&s, b, b->json, raw);
		return;
	}
	s.p++;
	for (size_t i = 0; i < b->n_rows && json_next(&it); i++)
		take_row(&s, b, it.value, raw + i * b->n_columns);
}
