/* The body of a $batch: which requests there are, and that each is one. */
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/map.h"
#include "mod/rest/batch_refs.h"
#include "mod/rest/fault.h"

struct reader {
	struct arena *a;
	struct rest_batch *b;
	struct map *ids;
	struct rest_fault *f;
};

static int refuse(struct reader *r, size_t i, const char *why)
{
	struct str id = r->b->parts[i].id;

	r->f->request = str_cstr(r->a, id);
	return rest_fault(r->f, 400, "PGRST102", "Request '" STR_FMT "': %s", STR_ARG(id), why);
}

/* Dots end an id in a reference. */
static int read_id(struct reader *r, size_t i, const struct json *id)
{
	struct rest_batch_part *p = &r->b->parts[i];
	bool is_name = json_type(id) == JSON_STRING || json_type(id) == JSON_NUMBER;
	struct str text = json_scalar(id);

	p->id = str_printf(r->a, "%zu", i);
	if (id && (!is_name || text.len == 0 || str_find_char(text, '.') >= 0))
		return refuse(r, i, "id is a text without dots");
	if (id)
		p->id = text;
	if (map_has(r->ids, p->id))
		return refuse(r, i, "another one has the same id");
	map_put(r->ids, p->id, NULL);
	return 0;
}

static int read_method(struct reader *r, size_t i, const struct json *method)
{
	static const char *const verbs[] = {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"};
	struct str verb = STR_NULL;

	json_to_str(method, &verb);
	for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++)
		if (str_eq(verb, str_of(verbs[k]))) {
			r->b->parts[i].method = verb;
			return 0;
		}
	return refuse(r, i, "method is one of GET, HEAD, POST, PATCH, PUT and DELETE");
}

static int read_path(struct reader *r, size_t i, const struct json *path)
{
	struct str text = STR_NULL;

	json_to_str(path, &text);
	struct str query = text;
	if (!str_starts(text, STR("/")))
		return refuse(r, i, "path is a text that begins with /");
	if (str_eq(str_cut(&query, '?'), STR("/$batch")))
		return refuse(r, i, "a batch cannot be part of a batch");
	r->b->parts[i].path = text;
	return 0;
}

static int read_headers(struct reader *r, size_t i, const struct json *headers)
{
	if (headers && json_type(headers) != JSON_OBJECT)
		return refuse(r, i, "headers is an object of texts");
	for (struct json_iter it = json_each(headers); json_next(&it);)
		if (json_type(it.value) != JSON_STRING)
			return refuse(r, i, "headers is an object of texts");
	r->b->parts[i].headers = headers;
	return 0;
}

static int read_part(struct reader *r, size_t i, const struct json *v)
{
	if (read_id(r, i, json_get(v, "id")))
		return -1;
	if (json_type(v) != JSON_OBJECT)
		return refuse(r, i, "it is no object");
	r->b->parts[i].body = json_get(v, "body");
	if (read_method(r, i, json_get(v, "method")) || read_path(r, i, json_get(v, "path")) ||
		read_headers(r, i, json_get(v, "headers")))
		return -1;
	return rest_batch_check(r->a, r->b, i, r->f);
}

static int read_parts(struct reader *r, const struct json *list)
{
	struct json_iter it = json_each(list);

	if (json_type(list) != JSON_ARRAY)
		return rest_fault(r->f, 400, "PGRST102",
			"A batch is an array of requests, or an object with one as \"requests\"");
	if (json_len(list) > REST_BATCH_MAX)
		return rest_fault(r->f, 400, "PGRST102",
			"A batch has at most %d requests, and this one %zu", REST_BATCH_MAX,
			json_len(list));
	r->b->parts = arena_array(r->a, json_len(list), sizeof(*r->b->parts));
	for (; json_next(&it); r->b->n++)
		if (read_part(r, r->b->n, it.value))
			return -1;
	return 0;
}

int rest_batch_parse(struct arena *a, struct str text, struct rest_batch *ret_batch,
	struct rest_fault *f)
{
	struct rest_batch b = {.n = 0};
	struct reader r = {.a = a, .b = &b, .ids = map_new(a, 0), .f = f};
	struct err e = {.arena = a};
	const struct json *v = json_parse(a, text, &e);

	if (!v) {
		rest_fault(f, 400, "PGRST102", "Empty or invalid json");
		return rest_fault_details(f, "%s", e.msg);
	}
	if (read_parts(&r, json_type(v) == JSON_OBJECT ? json_get(v, "requests") : v))
		return -1;
	*ret_batch = b;
	return 0;
}

struct str rest_batch_header(const struct rest_batch_part *p, const char *name)
{
	struct str value = STR_NULL;

	for (struct json_iter it = json_each(p->headers); json_next(&it);)
		if (str_eq_nocase(it.key, str_of(name)))
			json_to_str(it.value, &value);
	return value;
}
