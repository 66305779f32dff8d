/* What identifies a payload row: mapping_head(), declared in mapping.h. */
#include "mod/mls/mapping.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "mod/mls/mapping_local.h"
#include "mod/mls/normal.h"

/* Annotations belong to the answer and not to the listing: they may differ from one request to the
 * next. */
static bool is_annotation(struct str key)
{
	return key.len > 7 && key.p[0] == '@' && !memcmp(key.p, "@odata.", 7);
}

/* Appends the payload and finds the values that are wanted. Answers how many of the bytes added are
 * annotations in front of the first field, which is where servers write them. */
static size_t copy_payload(const struct mapping *m, struct arena *a, const struct json *payload,
	struct buf *raw, const struct json *values[MAPPING_SLOTS])
{
	size_t from = raw->len, annotations = 0;
	bool is_front = true;

	for (struct json_iter it = json_each(payload); json_next(&it);) {
		mapping_sort(m, it.key, it.value, values);
		is_front = is_front && is_annotation(it.key);
		if (!is_front)
			continue;
		buf_char(raw, ',');
		json_quote(raw, str_without_nul(a, it.key));
		buf_char(raw, ':');
		json_text_pg(raw, it.value);
		annotations = raw->len - from;
	}
	buf_truncate(raw, from);
	json_text_pg(raw, payload);
	return annotations;
}

void mapping_head_fields(const struct mapping *m, struct str *ret_key, struct str ret_stamps[2])
{
	*ret_key = m->fields[LISTING_SOURCE_LISTING_KEY];
	ret_stamps[0] = m->fields[LISTING_SOURCE_MODIFIED_AT];
	ret_stamps[1] = m->fields[LISTING_MODIFICATION_TS];
}

int mapping_head(const struct mapping *m, struct arena *a, const struct json *payload,
	struct buf *raw, struct listing_head *ret_head, struct err *e)
{
	const struct json *values[MAPPING_SLOTS] = {0};
	struct listing_head head = {.raw_at = raw->len};
	struct str field = m->fields[LISTING_SOURCE_LISTING_KEY];

	if (json_type(payload) != JSON_OBJECT)
		return err_set(e, E_INPUT, "a listing is an object, not %s",
			mapping_type_name(payload));
	size_t annotations = copy_payload(m, a, payload, raw, values);
	head.raw_len = raw->len - head.raw_at;
	const char *why = normal_text(a, values[LISTING_SOURCE_LISTING_KEY],
		(size_t)mapping_columns[LISTING_SOURCE_LISTING_KEY].hi, &head.key);
	if (why || !head.key.p || raw->failed) {
		buf_truncate(raw, head.raw_at);
		if (raw->failed)
			return err_set(e, E_LIMIT, "the page is larger than %zu bytes", raw->max);
		return err_set(e, E_INPUT, "a listing's key, " STR_FMT ", %s", STR_ARG(field),
			why ? why : "is missing");
	}
	normal_time(values[LISTING_SOURCE_MODIFIED_AT], &head.source_modified_at);
	if (head.source_modified_at == LISTING_NULL)
		normal_time(values[LISTING_MODIFICATION_TS], &head.source_modified_at);
	/* Behind the brace, or the comma, in front of the first field. */
	head.hash = hash_128(str_sub(buf_view(raw), head.raw_at + annotations + 1, raw->len));
	*ret_head = head;
	return 0;
}
