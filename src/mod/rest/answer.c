#include "mod/rest/answer.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "http/reply.h"
#include "http/request.h"
#include "mod/rest/compress.h"
#include "mod/rest/config.h"
#include "mod/rest/plan.h"
#include "mod/rest/query_log.h"
#include "mod/rest/reply.h"
#include "mod/rest/request.h"
#include "mod/rest/site.h"

void rest_answer_header(struct rest_request *r, const char *name, struct str value)
{
	struct rest_header **last = &r->answer.headers;
	struct rest_header *h = ARENA_NEW(r->arena, struct rest_header);

	while (*last)
		last = &(*last)->next;
	*h = (struct rest_header){.name = name, .value = value};
	*last = h;
}

void rest_answer_replace(struct rest_request *r, const char *name, struct str value)
{
	for (struct rest_header *h = r->answer.headers; h; h = h->next)
		if (str_eq_nocase(str_of(h->name), str_of(name))) {
			h->value = value;
			return;
		}
	rest_answer_header(r, name, value);
}

/* A Content-Type that SQL has set takes the place of ours. */
static void take_type(struct rest_request *r, struct str *type)
{
	for (struct rest_header **h = &r->answer.headers; *h; h = &(*h)->next)
		if (str_eq_nocase(str_of((*h)->name), STR("Content-Type"))) {
			*type = (*h)->value;
			*h = (*h)->next;
			return;
		}
}

bool rest_answer_is_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.p[i] <= ' ' || name.p[i] >= 127 || name.p[i] == ':')
			return false;
	return name.len > 0;
}

/* A read that is larger than one may be. What was written stays written, so the answer to that goes out whole. */
static bool is_too_large(struct rest_request *r, int status, struct str body)
{
	int64_t most = rest_site_config(r->site)->max_response_bytes;

	if (most <= 0 || status >= 300 || !r->plan || !r->plan->is_read_only ||
		body.len <= (size_t)most)
		return false;
	rest_fault(&r->fault, 400, "PLAT004", "The answer is larger than %lld bytes",
		(long long)most);
	rest_fault_details(&r->fault, "It has %zu bytes", body.len);
	rest_fault_hint(&r->fault, "Ask for fewer rows or columns");
	r->answer.headers = NULL;
	rest_reply_fault(r);
	return true;
}

static bool has_body(int status)
{
	return status != 204 && status != 304;
}

void rest_answer_send(struct rest_request *r, int status, struct str content_type, struct str body)
{
	struct str type = has_body(status) && content_type.len ? content_type : STR_NULL;

	if (is_too_large(r, status, body))
		return;
	rest_query_log(r, status);
	take_type(r, &type);
	if (r->on_answer) {
		r->answer.status = status;
		r->answer.content_type = type;
		r->answer.body = body;
		r->on_answer(r, r->answer_arg);
		return;
	}
	if (has_body(status))
		body = rest_compress(r, body);
	for (const struct rest_header *h = r->answer.headers; h; h = h->next)
		http_reply_header(r->http, h->name, h->value);
	if (r->answer.reason.len)
		http_reply_reason(r->http, r->answer.reason);
	http_reply(r->http, status, type.p ? str_cstr(r->arena, type) : NULL,
		has_body(status) ? body : STR(""));
}

static void on_arena_freed(void *p)
{
	free(p);
}

void rest_answer_send_buf(struct rest_request *r, int status, struct str content_type,
	struct buf *body)
{
	size_t len;
	char *text = buf_take(body, &len);

	arena_defer(r->arena, on_arena_freed, text);
	rest_answer_send(r, status, content_type, str_from(text, len));
}
