#include "mod/mls/sync_row.h"

#include <string.h>

#include "base/clock.h"
#include "mod/mls/normal.h"
#include "mod/mls/sync_scan.h"

#define KEY_MAX 255

struct walk {
	const char *p, *end;
};

struct member {
	struct str name; /* without quotes, as written */
	struct str value;
	const char *start;
};

static void skip_spaces(struct walk *w)
{
	while (w->p < w->end && (*w->p == ' ' || *w->p == '\n' || *w->p == '\r' || *w->p == '\t'))
		w->p++;
}

/* The quote that ends a text which begins at p; NULL without one. */
static const char *end_of_text(const char *p, const char *end)
{
	const char *quote = p;

	while ((quote = memchr(quote + 1, '"', (size_t)(end - quote - 1)))) {
		const char *back = quote;
		while (back > p + 1 && back[-1] == '\\')
			back--;
		if ((quote - back) % 2 == 0)
			return quote;
	}
	return NULL;
}

static bool take_text(struct walk *w, struct str *ret_text)
{
	const char *quote = w->p < w->end && *w->p == '"' ? end_of_text(w->p, w->end) : NULL;

	if (!quote)
		return false;
	*ret_text = str_from(w->p + 1, (size_t)(quote - w->p - 1));
	w->p = quote + 1;
	return true;
}

static bool take_nested(struct walk *w)
{
	size_t depth = 0, len;
	bool in_string = false, is_escaped = false;

	if (!sync_scan_nested(w->p, (size_t)(w->end - w->p), &depth, &in_string, &is_escaped, &len))
		return false;
	w->p += len;
	return true;
}

static bool take_value(struct walk *w, struct str *ret_value)
{
	const char *from = w->p;
	struct str ignored;

	if (w->p == w->end)
		return false;
	if (*w->p == '"') {
		if (!take_text(w, &ignored))
			return false;
	} else if (*w->p == '{' || *w->p == '[') {
		if (!take_nested(w))
			return false;
	} else {
		while (w->p < w->end && *w->p != ',' && *w->p != '}')
			w->p++;
	}
	*ret_value = str_from(from, (size_t)(w->p - from));
	return true;
}

/* The next member, and what follows it. False: there is none, or it makes no sense. */
static bool take_member(struct walk *w, struct member *ret)
{
	skip_spaces(w);
	ret->start = w->p;
	if (!take_text(w, &ret->name))
		return false;
	skip_spaces(w);
	if (w->p == w->end || *w->p++ != ':')
		return false;
	skip_spaces(w);
	if (!take_value(w, &ret->value))
		return false;
	skip_spaces(w);
	return w->p < w->end && (*w->p == ',' || *w->p == '}');
}

/* What is between the quotes of a text without escapes; absent for anything else. */
static struct str plain_text(struct str value)
{
	if (value.len < 2 || value.p[0] != '"' || memchr(value.p, '\\', value.len))
		return STR_NULL;
	return str_sub(value, 1, value.len - 1);
}

static bool is_key(struct str key)
{
	if (!key.len || key.len > KEY_MAX || !str_eq(key, str_trim(key)) || !str_is_utf8(key))
		return false;
	for (size_t i = 0; i < key.len; i++)
		if ((unsigned char)key.p[i] < ' ')
			return false;
	return true;
}

static bool is_annotation(struct str name)
{
	return str_starts(name, STR("@odata."));
}

static struct hash_128 hash_from(const char *start, struct str text)
{
	return hash_128(str_from(start, (size_t)(text.p + text.len - start)));
}

struct hash_128 sync_row_hash(struct str text)
{
	struct walk w = {text.p + (text.len > 0), text.p + text.len};
	struct member m;

	do {
		if (!take_member(&w, &m))
			return hash_128(text);
	} while (is_annotation(m.name) && *w.p++ == ',');
	return hash_from(m.start, text);
}

struct found {
	struct str key;
	int64_t stamps[2];
	const char *front; /* the first member that counts */
};

static bool note(struct found *f, const struct sync_row_fields *fields, const struct member *m)
{
	if (!f->front && !is_annotation(m->name))
		f->front = m->start;
	if (str_eq(m->name, fields->key)) {
		struct str key = plain_text(m->value);
		if (f->key.p || !is_key(key))
			return false;
		f->key = key;
	}
	for (int i = 0; i < 2; i++)
		if (fields->stamps[i].p && str_eq(m->name, fields->stamps[i]) &&
			!clock_parse_iso(plain_text(m->value), &f->stamps[i]))
			return str_eq(m->value, STR("null"));
	return true;
}

bool sync_row_read(struct str text, const struct sync_row_fields *fields,
	struct sync_row_head *ret_head)
{
	struct walk w = {text.p, text.p + text.len};
	struct found f = {.stamps = {NORMAL_NULL, NORMAL_NULL}};
	struct member m;

	if (!text.len || *w.p != '{')
		return false;
	do {
		w.p++;
		if (!take_member(&w, &m) || !note(&f, fields, &m))
			return false;
	} while (*w.p == ',' && !(f.key.p && f.front && f.stamps[0] != NORMAL_NULL));
	if (!f.key.p || !f.front)
		return false;
	*ret_head = (struct sync_row_head){.key = f.key,
		.stamp_us = f.stamps[0] != NORMAL_NULL ? f.stamps[0] : f.stamps[1],
		.hash = hash_from(f.front, text)};
	return true;
}
