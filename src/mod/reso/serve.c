/* Everything below /reso/odata: what the path asks for, with which options. */
#include "app/module.h"
#include "base/arena.h"
#include "base/log.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/url.h"
#include "mod/reso/call.h"
#include "mod/reso/catalog.h"
#include "mod/reso/odata.h"
#include "mod/reso/page.h"
#include "mod/reso/reso_local.h"
#include "mod/reso/reso_sql.h"
#include "mod/reso/resource.h"

#define ROOT "/reso/odata"

/* --- documents -------------------------------------------------------------------------------------- */

static enum odata_format format_of(struct reso_call *c)
{
	struct str format = http_query_get(c->arena, c->http->query, "$format");

	if (!format.p)
		return ODATA_FORMAT_ANY;
	return str_find(format, STR("json")) >= 0 ? ODATA_FORMAT_JSON : ODATA_FORMAT_XML;
}

static int metadata(struct reso_call *c, const struct reso_catalog *cat)
{
	if (format_of(c) == ODATA_FORMAT_JSON)
		return reso_fault(c, 406, "$metadata is served as application/xml");
	return reso_reply(c, "application/xml", odata_metadata_xml(c->arena, cat->model));
}

static int service(struct reso_call *c, const struct reso_catalog *cat)
{
	return reso_reply(c, RESO_JSON, odata_metadata_service(c->arena, cat->model, c->root));
}

/* --- rows -------------------------------------------------------------------------------------------- */

#define OF_ROWS (ODATA_OPT_SELECT | ODATA_OPT_UNSELECT | ODATA_OPT_EXPAND | ODATA_OPT_FORMAT)

static unsigned options_of(enum odata_path_kind kind)
{
	switch (kind) {
	case ODATA_PATH_SET:
	case ODATA_PATH_NAVIGATION: return ODATA_OPT_ALL;
	case ODATA_PATH_COUNT: return ODATA_OPT_FILTER;
	case ODATA_PATH_REPLICATION:
		return OF_ROWS | ODATA_OPT_FILTER | ODATA_OPT_TOP | ODATA_OPT_SKIPTOKEN;
	case ODATA_PATH_ENTITY: return OF_ROWS;
	case ODATA_PATH_SERVICE:
	case ODATA_PATH_METADATA: break;
	}
	return 0;
}

static const char *where_of(const struct odata_path *p, struct arena *a)
{
	const char *behind = p->kind == ODATA_PATH_REPLICATION ? "/replication"
		: p->kind == ODATA_PATH_COUNT                  ? "/$count"
		: p->kind == ODATA_PATH_ENTITY                 ? "('...')"
							       : "";
	return arena_printf(a, STR_FMT "%s", STR_ARG(p->resource->name), behind);
}

/* What is asked for a page: by Prefer, or as it is usual; of replication $top is that, as at Bridge. */
static int64_t page_size(struct reso_call *c, const struct odata_path *path, struct odata_query *q)
{
	bool is_replication = path->kind == ODATA_PATH_REPLICATION;
	int64_t wanted = odata_query_prefer(http_header_list(c->http, "Prefer")),
		size = is_replication ? RESO_PAGE_REPLICATION : RESO_PAGE_USUAL;

	if (wanted > 0) {
		size = wanted < RESO_PAGE_MOST ? wanted : RESO_PAGE_MOST;
		http_reply_header(c->http, "Preference-Applied",
			str_printf(c->arena, "odata.maxpagesize=%lld", (long long)size));
	}
	if (is_replication && q->top > 0) {
		size = q->top;
		q->top = -1;
	}
	return size;
}

static int parse(struct reso_call *c, const struct odata_path *path,
	const struct odata_resource *resource, struct str audience, struct odata_query *q)
{
	struct odata_manners manners = {.options = options_of(path->kind),
		.where = where_of(path, c->arena),
		.top_max = path->kind == ODATA_PATH_REPLICATION ? RESO_PAGE_MOST : 0,
		.now_us = c->now_us,
		.link_key = str_from(c->site->link_key, sizeof c->site->link_key),
		.link_audience = audience};

	if (odata_query_parse(c->arena, resource, c->http->query, &manners, q, &c->fault))
		return -1;
	if (q->format == ODATA_FORMAT_XML)
		return reso_fault(c, 406, "rows are served as application/json");
	return 0;
}

static int count(struct reso_call *c, const struct reso_want *want)
{
	int64_t n;

	if (reso_page_count(c, want, &n))
		return -1;
	return reso_reply(c, "text/plain", str_printf(c->arena, "%lld", (long long)n));
}

/* Property('k')/Media; the listing has to be there for this consumer. */
static int navigation(struct reso_call *c, const struct reso_catalog *cat,
	const struct odata_path *path, struct reso_want *want)
{
	struct reso_source parent;
	struct odata_query all = {.resource = path->resource, .top = -1};
	struct reso_want one = {.catalog = cat, .source = &parent, .query = &all, .key = path->key};
	int64_t n;

	if (!path->navigation->is_collection || !want->source->parent_key)
		return odata_fault_set(&c->fault, 501, NULL, 0,
			"this way is not served: use $expand=" STR_FMT,
			STR_ARG(path->navigation->name));
	if (reso_resource_source(c, cat, path->resource, &parent) || reso_page_count(c, &one, &n))
		return -1;
	return n ? 0
		 : reso_fault(c, 404, "there is no " STR_FMT " of this key",
			   STR_ARG(path->resource->name));
}

static int rows(struct reso_call *c, const struct reso_catalog *cat, const struct odata_path *path,
	struct str raw_path)
{
	const struct odata_resource *resource =
		path->navigation ? path->navigation->target : path->resource;
	struct str audience = STR_JOIN(c->arena, c->who.id, STR("/"), raw_path);
	struct reso_source *source = ARENA_NEW(c->arena, struct reso_source);
	struct odata_query *q = ARENA_NEW(c->arena, struct odata_query);
	struct reso_want *want = ARENA_NEW(c->arena, struct reso_want);

	if (reso_resource_source(c, cat, resource, source) || parse(c, path, resource, audience, q))
		return -1;
	*want = (struct reso_want){.catalog = cat,
		.source = source,
		.query = q,
		.path = raw_path,
		.audience = audience,
		.key = path->key,
		.is_single = path->kind == ODATA_PATH_ENTITY};
	want->page_size = want->is_single ? 1 : page_size(c, path, q);
	if (path->kind == ODATA_PATH_REPLICATION && !source->is_property)
		return reso_fault(c, 404, "replication is there for Property");
	if (path->kind == ODATA_PATH_COUNT)
		return count(c, want);
	if (path->navigation && navigation(c, cat, path, want))
		return -1;
	return reso_page(c, want);
}

int reso_odata(struct reso_call *c)
{
	struct str below = str_sub(c->http->path, sizeof ROOT - 1, c->http->path.len),
		   raw = str_sub(c->http->raw_path, sizeof ROOT - 1, c->http->raw_path.len);
	const struct reso_catalog *cat;
	struct odata_path path;

	below = str_sub(below, str_starts(below, STR("/")), below.len);
	raw = str_sub(raw, str_starts(raw, STR("/")), raw.len);
	if (reso_catalog_get(c, str_eq(below, STR("$metadata")), &cat) ||
		odata_path_parse(c->arena, cat->model, below, &path, &c->fault))
		return -1;
	if (path.kind == ODATA_PATH_METADATA)
		return metadata(c, cat);
	return path.kind == ODATA_PATH_SERVICE ? service(c, cat) : rows(c, cat, &path, raw);
}
