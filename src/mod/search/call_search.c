/* Searches: one, or several at once. */
#include <string.h>

#include "app/module.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "http/request.h"
#include "loop/fiber.h"
#include "mod/search/answer.h"
#include "mod/search/call.h"

#define BODY_MAX ((size_t)1024 * 1024)
#define SEARCHES_USUAL 50
#define SEARCHES_MOST 250

int search_call_search(struct search_call *c)
{
	struct buf b;

	if (search_call_collection(c))
		return -1;
	buf_init(&b, ANSWER_MAX);
	struct jsonw w = jsonw_to(&b);
	if (search_answer(c, &c->who, c->url, NULL, &w, &c->err)) {
		buf_done(&b);
		return -1;
	}
	return search_call_reply(c, 200, &b);
}

/* --- several -------------------------------------------------------------------------------------- */

static int most_of(struct search_call *c, const struct json *from, const char *name, int64_t most,
	int64_t *ret, struct err *e)
{
	const struct json *v = json_get(from, name);
	int64_t n;

	if (!v)
		return 0;
	if ((!json_to_i64(v, &n) && !str_to_i64(json_scalar(v), &n)) || n < 1)
		return err_set(e, E_INPUT, "%s has to be a number from 1", name);
	*ret = n < most ? n : most;
	(void)c;
	return 0;
}

/* A key may allow more than is usual; a request may only ask for less. */
static int check_number(struct search_call *c, size_t n)
{
	int64_t most = SEARCHES_USUAL;

	if (most_of(c, c->who.embedded, "limit_multi_searches", SEARCHES_MOST, &most, &c->err) ||
		most_of(c, c->url, "limit_multi_searches", most, &most, &c->err))
		return -1;
	if ((int64_t)n > most)
		return search_call_fault(c, 400,
			"there are %zu searches in one request; at most %lld are taken", n,
			(long long)most);
	return 0;
}

/* A search may come with a key of its own. */
static int access_of(struct search_call *c, const struct json *search, struct search_access *ret,
	struct err *e)
{
	struct str key = json_scalar(json_get(search, "x-typesense-api-key"));

	*ret = c->who;
	if (!key.len)
		return 0;
	if (search_access_find(c->arena, c->http, key, ret, e))
		return e->code;
	return ret->actions & SEARCH_MAY_SEARCH ? 0 : err_set(e, E_LOGIN, "%s", ACCESS_REFUSED);
}

static int answer_one(struct search_call *c, const struct json *search, struct jsonw *w,
	struct err *e)
{
	struct str collection = json_scalar(json_get(search, "collection"));
	struct search_access who;

	if (json_type(search) != JSON_OBJECT)
		return err_set(e, E_INPUT, "a search has to be an object");
	if (!collection.p)
		collection = json_scalar(json_get(c->url, "collection"));
	if (!str_eq(collection, STR("listings")))
		return err_set(e, E_ABSENT,
			"there is no collection '" STR_FMT "'; there is listings",
			STR_ARG(str_sub(collection, 0, 100)));
	if (access_of(c, search, &who, e))
		return e->code;
	return search_answer(c, &who, c->url, search, w, e);
}

static int answer_all(struct search_call *c, const struct json *searches)
{
	struct buf b;

	buf_init(&b, ANSWER_MAX);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "results"), jsonw_arr(&w);
	for (struct json_iter it = json_each(searches); json_next(&it);) {
		struct err e = {.arena = c->arena};
		(void)fiber_yield(); /* small searches wait for nothing */
		if (!b.failed && !http_is_gone(c->http) && answer_one(c, it.value, &w, &e) &&
			!b.failed)
			search_call_write_fault(c, &w, &e, true);
	}
	jsonw_arr_end(&w);
	jsonw_obj_end(&w);
	if (!b.failed)
		return search_call_reply(c, 200, &b);
	buf_done(&b);
	return err_set(&c->err, E_LIMIT,
		"the answers get larger than %zu MiB; ask for fewer hits or fields",
		ANSWER_MAX / 1024 / 1024);
}

int search_call_multi(struct search_call *c)
{
	const struct json *body, *searches;
	bool is_union = false;

	if (search_call_body(c, BODY_MAX, &body))
		return -1;
	if (json_to_bool(json_get(body, "union"), &is_union) && is_union)
		return search_call_fault(c, 400,
			"union is not to be had: there is one collection, ask it once");
	searches = json_get(body, "searches");
	if (json_type(searches) != JSON_ARRAY)
		return search_call_fault(c, 400, "\"searches\" has to be a list of searches");
	if (check_number(c, json_len(searches)))
		return -1;
	return answer_all(c, searches);
}
