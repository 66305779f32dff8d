#include "mod/storage/s3_list.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/str.h"

/* The text between <name> and </name>, the first in *rest, which then is what follows; absent without one. */
static struct str cut_element(struct arena *a, struct str *rest, const char *name)
{
	struct str open = str_printf(a, "<%s>", name), close = str_printf(a, "</%s>", name);
	ptrdiff_t from = str_find(*rest, open);

	if (from < 0)
		return STR_NULL;
	struct str inside = str_sub(*rest, (size_t)from + open.len, rest->len);
	ptrdiff_t len = str_find(inside, close);
	if (len < 0)
		return STR_NULL;
	*rest = str_sub(inside, (size_t)len + close.len, inside.len);
	return str_sub(inside, 0, (size_t)len);
}

static struct str element(struct arena *a, struct str within, const char *name)
{
	return cut_element(a, &within, name);
}

/* What stands for itself but for the five entities that XML has. */
static struct str plain(struct arena *a, struct str text)
{
	static const struct {
		struct str entity;
		char c;
	} known[] = {{{STR_INIT("&amp;")}, '&'}, {{STR_INIT("&lt;")}, '<'},
		{{STR_INIT("&gt;")}, '>'}, {{STR_INIT("&quot;")}, '"'},
		{{STR_INIT("&apos;")}, '\''}};
	char *out = arena_alloc(a, text.len + 1);
	size_t len = 0;

	for (size_t at = 0; at < text.len;) {
		struct str rest = str_sub(text, at, text.len);
		size_t i = 0, n = sizeof known / sizeof *known;
		while (i < n && !str_starts(rest, known[i].entity))
			i++;
		out[len++] = i < n ? known[i].c : text.p[at];
		at += i < n ? known[i].entity.len : 1;
	}
	out[len] = 0;
	return str_from(out, len);
}

bool s3_list_next(struct arena *a, struct str *rest, struct s3_object *ret_object)
{
	struct str one = cut_element(a, rest, "Contents");
	struct str key = element(a, one, "Key");
	struct s3_object o = {0};

	if (!key.p || !str_to_i64(element(a, one, "Size"), &o.size) || o.size < 0)
		return false;
	if (!clock_parse_iso(element(a, one, "LastModified"), &o.changed_us))
		o.changed_us = 0;
	o.key = plain(a, key);
	*ret_object = o;
	return true;
}

struct str s3_list_token(struct arena *a, struct str xml)
{
	struct str token = element(a, xml, "NextContinuationToken");

	return token.len && str_eq(element(a, xml, "IsTruncated"), STR("true")) ? plain(a, token)
										: STR_NULL;
}

struct str s3_list_code(struct arena *a, struct str xml)
{
	struct str code = element(a, xml, "Code");

	return code.p ? plain(a, code) : STR("");
}
