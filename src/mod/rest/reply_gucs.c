/* response.headers and response.status, as SQL may set them for the answer. */
#include "base/arena.h"
#include "base/json.h"
#include "mod/rest/reply.h"
#include "mod/rest/request.h"

static int bad_headers(struct rest_request *r)
{
	return rest_fault(&r->fault, 500, "PGRST111",
		"response.headers guc must be a JSON array composed of objects with a single key and a string value");
}

/* The first of a name takes the place of ours, a repeated one stands beside it. */
static void set_header(struct rest_request *r, struct str name, struct str value, size_t before)
{
	const char *n = str_cstr(r->arena, name);

	if (before)
		rest_answer_header(r, n, value);
	else
		rest_answer_replace(r, n, value);
}

static size_t count_before(const struct json *list, const struct json *until, struct str name)
{
	size_t n = 0;

	for (struct json_iter it = json_each(list); json_next(&it) && it.value != until;)
		for (struct json_iter in = json_each(it.value); json_next(&in);)
			n += str_eq_nocase(in.key, name);
	return n;
}

static int set_headers(struct rest_request *r, struct str text)
{
	struct err e = {.arena = r->arena};
	const struct json *list = json_parse(r->arena, text, &e);

	if (json_type(list) != JSON_ARRAY)
		return bad_headers(r);
	for (struct json_iter it = json_each(list); json_next(&it);) {
		struct json_iter in = json_each(it.value);
		struct str value;
		if (json_type(it.value) != JSON_OBJECT || json_len(it.value) != 1 ||
			!json_next(&in) || !json_to_str(in.value, &value) ||
			!rest_answer_is_name(in.key))
			return bad_headers(r);
		set_header(r, in.key, value, count_before(list, it.value, in.key));
	}
	return 0;
}

int rest_reply_gucs(struct rest_request *r, const struct rest_outcome *o, int *status)
{
	int64_t asked;

	if (o->headers.len && set_headers(r, o->headers))
		return -1;
	if (!o->status.len)
		return 0;
	if (!str_to_i64(o->status, &asked) || asked < 200 || asked > 599)
		return rest_fault(&r->fault, 500, "PGRST112",
			"response.status guc must be a valid status code");
	*status = (int)asked;
	return 0;
}
