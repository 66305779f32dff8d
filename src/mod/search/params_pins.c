/* pinned_hits and hidden_hits. */
#include "mod/search/params.h"

#include <string.h>

#include "base/arena.h"
#include "base/uuid.h"
#include "mod/search/filter_scan.h"

#define HIDDEN_MAX 1000

static int read_id(struct search_scan *s, const char *stops, size_t *ret_at, uint8_t ret_id[16])
{
	struct uuid id;
	struct str text = search_scan_until(s, stops, ret_at);

	if (!uuid_parse(text, &id))
		return search_scan_wrong(s, *ret_at, "`" STR_FMT "` is not the id of a listing",
			STR_ARG(search_scan_shown(s->a, text)));
	memcpy(ret_id, id.b, sizeof id.b);
	return 0;
}

static bool is_pinned(const struct search_query *q, const uint8_t id[16])
{
	for (size_t i = 0; i < q->pins_n; i++)
		if (!memcmp(q->pins[i].id, id, sizeof q->pins[i].id))
			return true;
	return false;
}

static int read_pin(struct search_scan *s, struct search_query *q)
{
	struct search_pin pin = {.position = 0};
	size_t at, position_at;
	int64_t position;

	if (read_id(s, ":,", &at, pin.id))
		return E_INPUT;
	if (!search_scan_take(s, ":"))
		return search_scan_wrong(s, at,
			"an id and the position of its hit are wanted here: id:1");
	struct str text = search_scan_until(s, ",", &position_at);
	if (!str_to_i64(text, &position) || position < 1 || position > INT32_MAX)
		return search_scan_wrong(s, position_at, "a position is a number from 1");
	if (q->pins_n == SEARCH_PINS_MAX)
		return search_scan_wrong(s, at, "more than %d hits are not pinned",
			SEARCH_PINS_MAX);
	if (is_pinned(q, pin.id))
		return search_scan_wrong(s, at, "this id is there twice");
	pin.position = (uint32_t)position;
	q->pins[q->pins_n++] = pin;
	return 0;
}

int search_params_pins(struct arena *a, struct str value, struct search_query *ret, struct err *e)
{
	struct search_scan s = search_scan_of(a, "pinned_hits", value, ret->who, e);
	int failure;

	do
		failure = read_pin(&s, ret);
	while (!failure && search_scan_take(&s, ","));
	return failure;
}

int search_params_hidden(struct arena *a, struct str value, struct search_query *ret, struct err *e)
{
	struct search_scan s = search_scan_of(a, "hidden_hits", value, ret->who, e);
	uint8_t(*ids)[16];
	size_t n = 1, at;

	for (size_t i = 0; i < value.len; i++)
		n += value.p[i] == ',';
	if (n > HIDDEN_MAX)
		return err_set(e, E_INPUT, "hidden_hits: more than %d ids are not hidden",
			HIDDEN_MAX);
	ids = arena_array(a, n, sizeof *ids);
	ret->hidden = (const uint8_t(*)[16])ids;
	do
		if (read_id(&s, ",", &at, ids[ret->hidden_n++]))
			return E_INPUT;
	while (search_scan_take(&s, ","));
	return 0;
}
