/* The query string with its parameters in order of name: equal requests have equal Content-Locations. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "mod/rest/parse_local.h"

#define FEW 16

static int compare(const void *a, const void *b)
{
	const struct rest_part *x = *(const struct rest_part *const *)a;
	const struct rest_part *y = *(const struct rest_part *const *)b;
	int order = str_cmp(x->name, y->name);

	return order ? order : (x > y) - (x < y);
}

static void sort(const struct rest_part **sorted, size_t n)
{
	if (n > FEW) {
		qsort(sorted, n, sizeof(*sorted), compare);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		const struct rest_part *part = sorted[i];
		size_t at = i;
		for (; at && compare(&sorted[at - 1], &part) > 0; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = part;
	}
}

/* What a header can hold; the rest was sent raw where an escape was due. */
static bool is_safe(char c)
{
	return c > ' ' && c < 0x7f;
}

static bool is_all_safe(struct str s)
{
	bool all = true;

	for (size_t i = 0; i < s.len; i++)
		all &= is_safe(s.p[i]);
	return all;
}

static char *add_escaped(char *out, struct str raw)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < raw.len; i++) {
		unsigned char c = (unsigned char)raw.p[i];
		if (is_safe((char)c)) {
			*out++ = (char)c;
		} else {
			*out++ = '%';
			*out++ = hex[c >> 4];
			*out++ = hex[c & 15];
		}
	}
	return out;
}

/* In order and without empty pairs: a safe text is what it would become. */
static bool is_canonical(struct str query, const struct rest_part *parts, size_t n)
{
	size_t len = n - 1;

	for (size_t i = 0; i < n; i++) {
		len += parts[i].raw.len;
		if (i && str_cmp(parts[i - 1].name, parts[i].name) > 0)
			return false;
	}
	return len == query.len;
}

struct str rest_canonical(struct arena *a, struct str query, const struct rest_part *parts,
	size_t n)
{
	if (!n)
		return STR("");
	bool is_safe_query = is_all_safe(query);
	if (is_safe_query && is_canonical(query, parts, n))
		return query;

	const struct rest_part **sorted = arena_array(a, n, sizeof(struct rest_part *));
	for (size_t i = 0; i < n; i++)
		sorted[i] = &parts[i];
	sort(sorted, n);

	char *text = arena_alloc(a, (is_safe_query ? 1 : 3) * query.len + 1), *out = text;
	for (size_t i = 0; i < n; i++) {
		if (i)
			*out++ = '&';
		struct str raw = sorted[i]->raw;
		out = is_safe_query ? (char *)memcpy(out, raw.p, raw.len) + raw.len
				    : add_escaped(out, raw);
	}
	return str_from(text, (size_t)(out - text));
}
