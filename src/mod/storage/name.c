#include "mod/storage/name.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/enc.h"

#define BUCKET_MAX 100
#define NAME_MAX_CHARS 1024

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool storage_name_is_bucket(struct str text)
{
	if (!text.len || text.len > BUCKET_MAX || !is_alnum(text.p[0]))
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!is_alnum(text.p[i]) && !memchr("._-", text.p[i], 3))
			return false;
	return true;
}

/* C0, DEL, and C1 in UTF-8 (C2 80 to C2 9F): what PostgreSQL calls [:cntrl:]. */
static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < ' ' || c == 0x7f)
			return true;
		if (c == 0xc2 && i + 1 < s.len && (unsigned char)s.p[i + 1] < 0xa0)
			return true;
	}
	return false;
}

static size_t count_chars(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

bool storage_name_is_object(struct str text)
{
	if (!text.len || !str_is_utf8(text) || has_control(text) ||
		count_chars(text) > NAME_MAX_CHARS)
		return false;
	for (struct str rest = text; rest.p;) {
		struct str part = str_cut(&rest, '/');
		if (!part.len || str_eq(part, STR(".")) || str_eq(part, STR("..")))
			return false;
	}
	return true;
}

bool storage_name_decode(struct arena *a, struct str raw, struct str *ret_name)
{
	struct buf b;
	bool is_good = raw.len > 0;

	buf_init(&b, 0);
	for (struct str rest = raw; rest.p && is_good;) {
		struct str part = str_cut(&rest, '/'), text;
		is_good = enc_percent_decode(a, part, &text) && str_find_char(text, '/') < 0;
		if (is_good) {
			buf_str(&b, text);
			if (rest.p)
				buf_char(&b, '/');
		}
	}
	struct str name = str_copy(a, buf_view(&b));
	buf_done(&b);
	if (!is_good || !storage_name_is_object(name))
		return false;
	*ret_name = name;
	return true;
}
