#include "support_rest_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"

struct rest_config *rrq_config;
struct rest_site rrq_site;

static void keep(struct rest_request *r, void *arg)
{
	(void)r, (void)arg;
}

struct rest_request *rrq_new(void)
{
	struct arena *a = arena_new();
	struct rest_request *r = ARENA_NEW(a, struct rest_request);

	rrq_config = rest_config_new(a);
	rrq_site = (struct rest_site){.config = rrq_config, .options.prefix = ""};
	*r = (struct rest_request){.arena = a,
		.fault.arena = a,
		.values.arena = a,
		.site = &rrq_site,
		.role = -1,
		.on_answer = keep};
	/* and so site.c is linked, not what other tests have in its place */
	assert_false(rest_site_is_house(r->site) || rest_site_is_ready(r->site));
	assert_ptr_equal(rest_site_config(r->site), rrq_config);
	return r;
}

void rrq_free(struct rest_request *r)
{
	arena_free(r->arena);
}

void rrq_set(const char *key, const char *value)
{
	struct err e = {.arena = rrq_config->arena};

	if (rest_config_set(rrq_config, str_of(key), str_of(value), &e))
		fail_msg("%s", e.msg);
}

void rrq_header(struct rest_request *r, const char *name, const char *value)
{
	struct rest_header *h = ARENA_NEW(r->arena, struct rest_header);

	*h = (struct rest_header){.next = (struct rest_header *)(uintptr_t)r->headers,
		.name = name,
		.value = str_of(value)};
	r->headers = h;
}

const char *rrq_headers(struct rest_request *r)
{
	const char *all = "";

	for (const struct rest_header *h = r->answer.headers; h; h = h->next)
		all = arena_printf(r->arena, "%s%s: " STR_FMT "\n", all, h->name,
			STR_ARG(h->value));
	return all;
}

const char *rrq_fault(struct rest_request *r)
{
	const struct rest_fault *f = &r->fault;

	if (!f->status)
		return NULL;
	return arena_printf(r->arena, "%d %s %s | %s | %s", f->status, f->code, f->message,
		f->details ? f->details : "", f->hint ? f->hint : "");
}
