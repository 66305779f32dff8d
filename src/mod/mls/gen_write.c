/* A generated listing as JSON: gen_row_of(), declared in gen.h.
 *
 * All texts of the generator are plain ASCII without quotes and backslashes, so they are copied as
 * they are. Everything is written through a bare pointer into room that was reserved for the largest
 * possible row; the assertion at the end keeps that promise honest. */
#include "mod/mls/gen.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "mod/mls/gen_field.h"
#include "mod/mls/gen_listing.h"

#define ROW_MAX (64 * 1024)
#define PHOTO_MAX 1024

static char *put(char *p, const char *text, size_t n)
{
	memcpy(p, text, n);
	return p + n;
}

#define PUT(p, literal) put((p), literal, sizeof(literal) - 1)

static char *put_str(char *p, struct str s)
{
	if (!s.p)
		return PUT(p, "null");
	*p++ = '"';
	p = put(p, s.p, s.len);
	*p++ = '"';
	return p;
}

static char *put_int(char *p, int64_t n)
{
	char digits[20], *d = digits + sizeof(digits);
	uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;

	do
		*--d = (char)('0' + left % 10);
	while (left /= 10);
	if (n < 0)
		*p++ = '-';
	return put(p, d, (size_t)(digits + sizeof(digits) - d));
}

/* Exactly `width` digits. */
static char *put_digits(char *p, int n, int width)
{
	for (int i = width - 1; i >= 0; i--, n /= 10)
		p[i] = (char)('0' + n % 10);
	return p + width;
}

/* Without zeros at the end, and without a point when nothing follows it. */
static char *put_decimal(char *p, int64_t n, int scale)
{
	static const int64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
	int64_t unit = powers[scale], rest = n % unit;

	if (n < 0)
		*p++ = '-', n = -n, rest = -rest;
	p = put_int(p, n / unit);
	if (!rest)
		return p;
	*p++ = '.';
	p = put_digits(p, (int)rest, scale);
	while (p[-1] == '0')
		p--;
	return p;
}

static char *put_date(char *p, int64_t days)
{
	struct clock_date d = clock_date_of((int32_t)days);

	p = put_digits(p, d.year, 4);
	*p++ = '-';
	p = put_digits(p, d.month, 2);
	*p++ = '-';
	return put_digits(p, d.day, 2);
}

static char *put_time(char *p, int64_t us)
{
	int64_t days = us / US_PER_DAY - (us % US_PER_DAY < 0);
	int ms = (int)((us - days * US_PER_DAY) / US_PER_MS);

	p = put_date(p, days);
	*p++ = 'T';
	p = put_digits(p, ms / 3600000, 2);
	*p++ = ':';
	p = put_digits(p, ms / 60000 % 60, 2);
	*p++ = ':';
	p = put_digits(p, ms / 1000 % 60, 2);
	*p++ = '.';
	p = put_digits(p, ms % 1000, 3);
	*p++ = 'Z';
	return p;
}

/* Nothing chosen is written as null, [] or ["None"], as feeds do. */
static char *put_list(char *p, const struct gen_list *list, uint64_t chosen, uint64_t key)
{
	if (!chosen)
		return key % 3 == 0    ? PUT(p, "null")
			: key % 3 == 1 ? PUT(p, "[]")
				       : PUT(p, "[\"None\"]");
	for (char before = '['; chosen; chosen &= chosen - 1, before = ',') {
		const char *quoted = list->values[__builtin_ctzll(chosen)].quoted;
		*p++ = before;
		p = put(p, quoted, strlen(quoted));
	}
	*p++ = ']';
	return p;
}

static char *put_photo(char *p, const struct gen_listing *l, int n, bool numbers)
{
	int version = n == 1 || n > l->photos_kept ? l->state.photos_version : 0;

	static const char *const captions[] = {NULL, "Kitchen", "Living area", "Primary bedroom",
		"Bathroom", "Balcony", "Pool", "Front", "View", NULL, NULL, NULL};

	p = numbers ? PUT(p, "{\"Order\":") : PUT(p, "{\"Order\":\"");
	p = put_int(p, n);
	p = numbers ? PUT(p, ",\"MediaKey\":\"") : PUT(p, "\",\"MediaKey\":\"");
	p = put(p, l->key.p, l->key.len);
	p = PUT(p, "-m");
	p = put_int(p, n);
	p = PUT(p, "\",\"MediaURL\":\"");
	p = put(p, l->world->media_base, strlen(l->world->media_base));
	*p++ = '/';
	p = put(p, l->key.p, l->key.len);
	*p++ = '/';
	p = put_int(p, n);
	*p++ = '-';
	p = put_int(p, version);
	p = PUT(p, ".jpg\",\"ResourceRecordKey\":\"");
	p = put(p, l->key.p, l->key.len);
	p = PUT(p, "\",\"ResourceName\":\"Property\",\"ClassName\":");
	p = put_str(p, l->type);
	p = PUT(p, ",\"MediaCategory\":\"Photo\",\"MimeType\":\"image/jpeg\",\"MediaObjectID\":\"");
	p = put_int(p, l->key_numeric);
	*p++ = '_';
	p = put_int(p, n);
	p = PUT(p, "\",\"ShortDescription\":");
	const char *caption = captions[(l->life.key >> 8 ^ (uint64_t)n * 7) % 12];
	p = put_str(p, str_of(n == 1 ? "Front" : caption));
	*p++ = '}';
	return p;
}

/* A new set of photos begins with a new first one; what was there before keeps its address. */
static char *put_media(char *p, const struct gen_listing *l, bool numbers)
{
	*p++ = '[';
	for (int n = 1; n <= l->photos; n++) {
		if (n > 1)
			*p++ = ',';
		p = put_photo(p, l, n, numbers);
	}
	*p++ = ']';
	return p;
}

/* What careless feeds send instead of a value of the right type. */
static char *put_odd(char *p, enum gen_kind kind, unsigned which, int64_t n, struct str s)
{
	switch (kind) {
	case GEN_DATE:
	case GEN_TIME: return which ? PUT(p, "\"TBD\"") : put_str(p, STR("2024-12-26T08:00:00"));
	case GEN_INT:
	case GEN_DEC:
		if (which)
			return PUT(p, "\"call for details\"");
		*p++ = '"';
		p = put_int(p, n == GEN_NONE ? 0 : n);
		*p++ = '"';
		return p;
	case GEN_BOOL: return n == 1 ? PUT(p, "\"Y\"") : PUT(p, "0");
	case GEN_TEXT:
		*p++ = '[';
		p = put_str(p, s);
		*p++ = ']';
		return p;
	case GEN_LIST: return PUT(p, "\"Other\"");
	case GEN_MEDIA: break;
	}
	return PUT(p, "{\"count\":0}");
}

static char *put_value(char *p, struct gen_listing *l, const struct gen_field *f, bool numbers)
{
	int64_t n;

	if (f->kind == GEN_TEXT)
		return put_str(p, gen_field_text(l, f));
	if (f->kind == GEN_MEDIA)
		return put_media(p, l, numbers);
	n = gen_field_number(l, f);
	if (f->kind == GEN_LIST)
		return put_list(p, &gen_lists[f->list], (uint64_t)n, l->life.key >> f->list);
	if (n == GEN_NONE)
		return PUT(p, "null");
	switch (f->kind) {
	case GEN_DEC: return put_decimal(p, n, f->scale);
	case GEN_BOOL: return n ? PUT(p, "true") : PUT(p, "false");
	case GEN_DATE:
		*p++ = '"';
		p = put_date(p, n);
		*p++ = '"';
		return p;
	case GEN_TIME:
		*p++ = '"';
		p = put_time(p, n);
		*p++ = '"';
		return p;
	case GEN_INT:
	case GEN_TEXT:
	case GEN_LIST:
	case GEN_MEDIA: break;
	}
	return put_int(p, n);
}

/* The key stays, so that the row can be told apart; of the others about one in five is odd. */
static bool is_odd(const struct gen_listing *l, unsigned field, uint64_t *ret_draw)
{
	*ret_draw = gen_mix(l->life.key ^ field);
	return field > 0 && *ret_draw % 5 == 0;
}

static char *put_strange(char *p)
{
	return PUT(p,
		",\"DEMO_LocalField\":{\"Deep\":[1,{\"Deeper\":null}],\"Text\":\"\\u00e9\\ud83c\\udfe0\"},"
		"\"DEMO_LocalNumber\":12345678901234567890,\"DEMO_Nothing\":null");
}

void gen_row_of(struct gen_listing *l, const struct gen_view *view, struct buf *b)
{
	static const struct gen_view all = {0};
	size_t most = ROW_MAX + (size_t)l->photos * PHOTO_MAX;
	char *start = buf_reserve(b, most), *p = start;
	uint64_t draw;

	if (!start)
		return;
	gen_listing_write(l);
	if (!view)
		view = &all;
	if (view->id_base.p) {
		p = PUT(p, ",\"@odata.id\":\"");
		p = put(p, view->id_base.p, view->id_base.len);
		p = PUT(p, "('");
		p = put(p, l->key.p, l->key.len);
		p = PUT(p, "')\"");
	}
	for (unsigned i = 0; i < gen_fields_n; i++) {
		const struct gen_field *f = &gen_fields[i];
		if (view->fields && !view->fields[i])
			continue;
		p = put(p, f->json, f->json_len);
		if (view->odd_types && is_odd(l, i, &draw))
			p = put_odd(p, f->kind, draw >> 32 & 1,
				f->kind == GEN_TEXT ? 0 : gen_field_number(l, f),
				f->kind == GEN_TEXT ? gen_field_text(l, f) : STR_NULL);
		else
			p = put_value(p, l, f, view->numbers);
	}
	if (view->odd_fields)
		p = put_strange(p);
	if (p == start)
		*p++ = ',';
	*start = '{';
	*p++ = '}';
	assert((size_t)(p - start) <= most);
	buf_commit(b, (size_t)(p - start));
}

void gen_photo_of(struct gen_listing *l, int n, const struct gen_view *view, struct buf *b)
{
	char *start = buf_reserve(b, PHOTO_MAX);

	if (!start)
		return;
	gen_listing_write(l);
	buf_commit(b, (size_t)(put_photo(start, l, n, view->numbers) - start));
}
