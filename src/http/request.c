#include "http/request.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "http/exchange.h"

struct str http_header(const struct http_request *req, const char *name)
{
	const struct http_head *h = &http_exchange_of(req)->head;
	int i = http_head_find(h, str_of(name), 0);

	return i < 0 ? STR_NULL : http_head_value(h, (size_t)i);
}

struct str http_header_list(struct http_request *req, const char *name)
{
	const struct http_head *h = &http_exchange_of(req)->head;
	struct str key = str_of(name);
	int first = http_head_find(h, key, 0);

	if (first < 0 || http_head_find(h, key, (size_t)first + 1) < 0)
		return http_header(req, name);
	char *list = arena_alloc(req->arena, h->len + 2 * (size_t)h->n), *end = list;
	for (int i = first; i >= 0; i = http_head_find(h, key, (size_t)i + 1)) {
		struct str value = http_head_value(h, (size_t)i);
		if (i != first)
			end = mempcpy(end, ", ", 2);
		end = mempcpy(end, value.p, value.len);
	}
	return str_from(list, (size_t)(end - list));
}

bool http_header_at(const struct http_request *req, size_t i, struct str *ret_name,
	struct str *ret_value)
{
	const struct http_head *h = &http_exchange_of(req)->head;

	if (i >= h->n)
		return false;
	*ret_name = http_head_name(h, i);
	*ret_value = http_head_value(h, i);
	return true;
}

void http_on_gone(struct http_request *req, http_gone_fn *on_gone, void *arg)
{
	struct http_exchange *x = http_exchange_of(req);

	assert(x->owed);
	x->on_gone = on_gone;
	x->gone_arg = arg;
	http_exchange_kick(x);
}

bool http_is_gone(const struct http_request *req)
{
	return !http_exchange_of(req)->conn;
}

void http_drop(struct http_request *req)
{
	struct http_exchange *x = http_exchange_of(req);

	x->answer.cut = true;
	http_exchange_end(x);
}
