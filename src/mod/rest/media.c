#include "mod/rest/media.h"

#include "base/arena.h"
#include "base/buf.h"
#include "mod/rest/cache.h"
#include "mod/rest/config.h"
#include "mod/rest/request.h"
#include "mod/rest/site.h"

/* A handler made for this type, or for any. */
static const struct rest_handler *handler_of(const struct rest_request *r, struct str type)
{
	for (const struct rest_handler *h = rest_cache_handlers(r->cache, r->schema); h;
		h = h->next) {
		bool is_for_it = h->aggregate.p
			? (h->table ? h->table == r->table
				    : r->table || (r->func && r->func->table))
			: h->func && h->func == r->func;
		if (h->aggregate.p && h->table && r->func && r->func->table == h->table)
			is_for_it = true;
		if (is_for_it && (h->is_any || str_eq(h->media, type)))
			return h;
	}
	return NULL;
}

/* A function that returns text, xml or bytea by itself has no other form than JSON without a handler. */
static bool can(const struct rest_request *r, const struct rest_accept *a)
{
	bool shows_rows = r->target != REST_TARGET_ROOT;

	switch (a->media) {
	case REST_MEDIA_ANY:
	case REST_MEDIA_JSON: return true;
	case REST_MEDIA_SINGULAR:
	case REST_MEDIA_ARRAY:
	case REST_MEDIA_CSV:
	case REST_MEDIA_GEOJSON: return shows_rows;
	case REST_MEDIA_PLAN: return shows_rows && rest_site_config(r->site)->db_plan_enabled;
	case REST_MEDIA_OPENAPI:
	case REST_MEDIA_OPENAPI31: return r->target == REST_TARGET_ROOT;
	case REST_MEDIA_OTHER: return handler_of(r, a->type) != NULL;
	}
	return false;
}

struct str rest_media_type(const struct rest_handler *h)
{
	/* texts that are always UTF-8 say so */
	static const struct str texts[] = {{STR_INIT("text/plain; charset=utf-8")},
		{STR_INIT("text/xml; charset=utf-8")}, {STR_INIT("text/csv; charset=utf-8")},
		{STR_INIT("application/json; charset=utf-8")},
		{STR_INIT("application/geo+json; charset=utf-8")}};

	if (h->is_any)
		return STR("application/octet-stream");
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (str_starts(texts[i], h->media) && texts[i].p[h->media.len] == ';')
			return texts[i];
	return h->media;
}

int rest_media_choose(struct rest_request *r)
{
	struct buf all;

	for (size_t i = 0; i < r->n_accepts; i++)
		if (can(r, &r->accepts[i])) {
			r->accept = &r->accepts[i];
			return 0;
		}
	buf_init(&all, 0);
	for (size_t i = 0; i < r->n_accepts; i++) {
		buf_cstr(&all, i ? ", " : "");
		buf_str(&all, r->accepts[i].type);
	}
	rest_fault(&r->fault, 406, "PGRST107", "None of these media types are available: " STR_FMT,
		STR_ARG(buf_view(&all)));
	buf_done(&all);
	return -1;
}
