#include "mod/site/slug.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/uuid.h"

#define WORDS_MAX 120 /* bytes of words: numbers are never cut */
#define NUMBER_MAX 64
#define SLUG_MAX 400
#define ENDS 8 /* dashes that a number may hold, and one */

/* --- making --------------------------------------------------------------------------------------- */

/* ASCII letters and digits of a text without its marks, in lower case; a dash for whatever is between. */
static void add_words(struct buf *b, struct str text)
{
	utf8proc_uint8_t *folded = NULL;
	bool is_apart = b->len > 0;

	if (utf8proc_map((const utf8proc_uint8_t *)text.p, (utf8proc_ssize_t)text.len, &folded,
		    UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STRIPMARK |
			    UTF8PROC_CASEFOLD | UTF8PROC_IGNORE) < 0)
		return;
	for (const utf8proc_uint8_t *p = folded; *p && b->len < WORDS_MAX; p++) {
		if (*p < 0x80 && isalnum(*p)) {
			if (is_apart && b->len)
				buf_char(b, '-');
			buf_char(b, (char)*p);
			is_apart = false;
		} else if (*p != '\'') {
			is_apart = true;
		}
	}
	free(folded);
}

/* A number is kept as it is, so that it is found by its index. */
static bool can_stand(struct str number)
{
	size_t dashes = 0;
	struct uuid id;

	if (!number.len || number.len > NUMBER_MAX || number.p[0] == '-' || number.p[0] == '.' ||
		uuid_parse(number, &id))
		return false;
	for (size_t i = 0; i < number.len; i++) {
		dashes += number.p[i] == '-';
		if (!isalnum((unsigned char)number.p[i]) && !strchr("-._~", number.p[i]))
			return false;
	}
	return dashes < ENDS;
}

struct str site_slug_make(struct arena *a, const struct site_slug_parts *p)
{
	struct buf b;

	buf_init(&b, 0);
	for (int i = 0; i < 3 && p->street[1].len; i++)
		add_words(&b, p->street[i]);
	if (!p->street[1].len && p->address.len)
		add_words(&b, p->address);
	else
		for (int i = 0; i < 3; i++)
			add_words(&b, p->area[i]);
	if (b.len)
		buf_char(&b, '-');
	buf_str(&b, can_stand(p->number) ? p->number : p->id);
	struct str slug = str_copy(a, buf_view(&b));
	buf_done(&b);
	return slug;
}

/* --- reading -------------------------------------------------------------------------------------- */

static void add_number(struct site_slug *s, struct str number)
{
	for (size_t i = 0; i < s->numbers_n; i++)
		if (str_eq(s->numbers[i], number))
			return;
	if (s->numbers_n < SITE_SLUG_NUMBERS)
		s->numbers[s->numbers_n++] = number;
}

static struct str upper(struct arena *a, struct str s)
{
	char *copy = arena_dup(a, s.p, s.len);

	for (size_t i = 0; i < s.len; i++)
		copy[i] = (char)toupper((unsigned char)copy[i]);
	return str_from(copy, s.len);
}

bool site_slug_read(struct arena *a, struct str text, struct site_slug *ret)
{
	struct site_slug s = {.numbers_n = 0};
	struct str ends[ENDS];
	size_t n = 0;
	struct uuid id;

	if (!text.len || text.len > SLUG_MAX)
		return false;
	struct str tail = str_sub(text, text.len < UUID_LEN ? 0 : text.len - UUID_LEN, text.len);
	if (uuid_parse(tail, &id) &&
		(tail.len == text.len || text.p[text.len - UUID_LEN - 1] == '-')) {
		s.id = str_lower(a, tail);
		*ret = s;
		return true;
	}
	for (size_t at = text.len; n < ENDS && at > 0; at--)
		if ((at == 1 || text.p[at - 2] == '-') && text.len - (at - 1) <= NUMBER_MAX)
			ends[n++] = str_sub(text, at - 1, text.len);
	while (n-- > 0) {
		if (!can_stand(ends[n]))
			continue;
		add_number(&s, ends[n]);
		add_number(&s, upper(a, ends[n]));
		add_number(&s, str_lower(a, ends[n]));
	}
	*ret = s;
	return s.numbers_n > 0;
}
