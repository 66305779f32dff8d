/* Lines for COPY ... FROM STDIN in text format: mapping_copy_*(), declared in mapping.h. */
#include "mod/mls/mapping.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "mod/mls/mapping_local.h"

/* In the order of enum listing_column; a test compares. */
#define TYPED_COLUMNS                                                                             \
	"source_listing_key", "mls_number", "standard_status", "modification_ts",                 \
		"source_modified_at", "list_date", "close_date", "address_full", "street_number", \
		"street_name", "unit_number", "city", "state", "postal_code", "subdivision",      \
		"building_name", "community", "county", "latitude", "longitude", "property_type", \
		"bedrooms", "bathrooms", "living_area_sqft", "lot_size_sqft", "year_built",       \
		"list_price", "close_price", "price_per_sqft", "public_remarks", "photo_count",   \
		"list_agent_key", "list_agent_mls_id", "list_agent_name", "list_office_key",      \
		"list_office_mls_id", "list_office_name"

const char *const mapping_copy_columns[] = {TYPED_COLUMNS, "raw", "content_hash", "media_hash",
	"mapping_hash", "extra", NULL};

const char *const mapping_copy_typed_columns[] = {TYPED_COLUMNS, "media_hash", "mapping_hash",
	"extra", NULL};

const char *const mapping_copy_media_columns[] = {"source_listing_key", "url", "sort_order",
	"caption", "media_key", "category", "is_public", NULL};

#define EACH_BYTE(c) (UINT64_C(0x0101010101010101) * (c))

/* Not zero when one of the eight bytes may be special: below a space, or a backslash. */
static uint64_t may_be_special(uint64_t w)
{
	uint64_t backslash = w ^ EACH_BYTE('\\');

	return (((w - EACH_BYTE(0x20)) & ~w) | ((backslash - EACH_BYTE(1)) & ~backslash)) &
		EACH_BYTE(0x80);
}

static bool is_special(char c)
{
	return c == '\\' || c == '\n' || c == '\r' || c == '\t';
}

/* The first byte that COPY wants escaped, or end. */
static const char *next_special(const char *p, const char *end)
{
	while (p < end) {
		uint64_t w;
		if (end - p >= 8) {
			memcpy(&w, p, 8);
			if (!may_be_special(w)) {
				p += 8;
				continue;
			}
		}
		if (is_special(*p))
			return p;
		p++;
	}
	return end;
}

/* A text with COPY's escapes. Never holds U+0000: normal_text() and json_text_pg() take it out. */
static void copy_text(struct buf *b, struct str s)
{
	if (!s.p) {
		buf_add(b, "\\N", 2);
		return;
	}
	for (const char *p = s.p, *end = s.p + s.len;;) {
		const char *stop = next_special(p, end);
		buf_add(b, p, (size_t)(stop - p));
		if (stop == end)
			return;
		char c = *stop == '\n' ? 'n' : *stop == '\r' ? 'r' : *stop == '\t' ? 't' : '\\';
		buf_add(b, (char[]){'\\', c}, 2);
		p = stop + 1;
	}
}

/* Compact JSON has neither newlines nor tabs, so only backslashes are to be found. */
static void copy_json(struct buf *b, struct str s)
{
	const char *p = s.p, *end = s.p + s.len, *stop;

	while ((stop = memchr(p, '\\', (size_t)(end - p)))) {
		buf_add(b, p, (size_t)(stop - p));
		buf_add(b, "\\\\", 2);
		p = stop + 1;
	}
	buf_add(b, p, (size_t)(end - p));
}

static void copy_hash(struct buf *b, struct hash_128 h)
{
	char hex[HASH_128_HEX_SIZE];

	buf_cstr(b, "\\\\x");
	buf_cstr(b, hash_128_hex(hex, h));
}

/* Coordinates have six decimals as a rule: those need no search for the shortest text. */
static bool copy_micro(struct buf *b, double x)
{
	double micro = round(x * 1e6);
	char digits[8];

	if (fabs(micro) > 1e15 || micro / 1e6 != x)
		return false;
	int64_t n = (int64_t)fabs(micro), rest = n % 1000000;
	if (micro < 0)
		buf_char(b, '-');
	buf_i64(b, n / 1000000);
	if (!rest)
		return true;
	size_t len = 7;
	digits[0] = '.';
	for (int i = 6; i > 0; i--, rest /= 10)
		digits[i] = (char)('0' + rest % 10);
	while (digits[len - 1] == '0')
		len--;
	buf_add(b, digits, len);
	return true;
}

static void copy_float(struct buf *b, double x)
{
	struct jsonw w = jsonw_to(b);

	if (!copy_micro(b, x))
		jsonw_f64(&w, x);
}

static void copy_date(struct buf *b, int64_t days)
{
	char text[CLOCK_DATE_SIZE];

	buf_cstr(b, clock_format_date(text, (int32_t)days));
}

static void copy_time(struct buf *b, int64_t us)
{
	char text[CLOCK_ISO_SIZE];

	buf_cstr(b, clock_format_iso(text, us));
}

static void copy_value(struct buf *b, enum mapping_kind kind, const union listing_value *v)
{
	bool is_text = kind == KIND_TEXT || kind == KIND_STATUS;

	if (is_text || (kind == KIND_FLOAT ? isnan(v->x) : v->n == LISTING_NULL)) {
		copy_text(b, is_text ? v->s : STR_NULL);
		return;
	}
	switch (kind) {
	case KIND_FLOAT: copy_float(b, v->x); break;
	case KIND_DATE: copy_date(b, v->n); break;
	case KIND_TIME: copy_time(b, v->n); break;
	case KIND_INT:
	case KIND_ROUND:
	case KIND_TEXT:
	case KIND_STATUS: buf_i64(b, v->n); break;
	}
}

static void copy_columns(struct buf *b, const struct listing_row *row)
{
	for (int c = 0; c < LISTING_COLUMNS; c++) {
		copy_value(b, mapping_columns[c].kind, &row->values[c]);
		buf_char(b, '\t');
	}
}

/* What every line ends with. */
static void copy_tail(struct buf *b, const struct listing_row *row)
{
	if (row->has_media)
		copy_hash(b, row->media_hash);
	else
		copy_text(b, STR_NULL);
	buf_char(b, '\t');
	copy_hash(b, row->mapping_hash);
	buf_char(b, '\t');
	if (row->extra.p)
		copy_json(b, row->extra);
	else
		copy_text(b, STR_NULL);
	buf_char(b, '\n');
}

void mapping_copy_typed(struct buf *b, const struct listing_row *row)
{
	copy_columns(b, row);
	copy_tail(b, row);
}

void mapping_copy_listing(struct buf *b, const struct listing_head *head, struct str raw,
	const struct listing_row *row)
{
	copy_columns(b, row);
	copy_json(b, raw);
	buf_char(b, '\t');
	copy_hash(b, head->hash);
	buf_char(b, '\t');
	copy_tail(b, row);
}

/* What follows the columns that say whose medium it is. */
static void copy_medium(struct buf *b, const struct listing_media *m)
{
	copy_text(b, m->url);
	buf_char(b, '\t');
	buf_i64(b, m->order);
	buf_char(b, '\t');
	copy_text(b, m->caption);
	buf_char(b, '\t');
	copy_text(b, m->key);
	buf_char(b, '\t');
	copy_text(b, m->category);
	buf_char(b, '\t');
	buf_char(b, m->is_public ? 't' : 'f');
	buf_char(b, '\n');
}

void mapping_copy_media(struct buf *b, const struct listing_head *head,
	const struct listing_row *row)
{
	for (size_t i = 0; i < row->media_n; i++) {
		copy_text(b, head->key);
		buf_char(b, '\t');
		copy_medium(b, &row->media[i]);
	}
}

void mapping_copy_media_under(struct buf *b, struct str lead, const struct listing_row *row)
{
	for (size_t i = 0; i < row->media_n; i++) {
		buf_str(b, lead);
		copy_medium(b, &row->media[i]);
	}
}

void mapping_copy_text(struct buf *b, struct str s)
{
	copy_text(b, s);
}
