/* The frame of a description, and the parameters that paths refer to. */
#include <string.h>

#include "base/arena.h"
#include "http/request.h"
#include "mod/rest/cache.h"
#include "mod/rest/config.h"
#include "mod/rest/openapi_local.h"
#include "mod/rest/request.h"
#include "mod/rest/site.h"

static const struct {
	const char *key, *name, *in, *words;
	const char *values[4]; /* enum */
} common[] = {
	{"preferParams", "Prefer", "header", "Preference", {"params=single-object"}},
	{"preferReturn", "Prefer", "header", "Preference",
		{"return=representation", "return=minimal", "return=none"}},
	{"preferCount", "Prefer", "header", "Preference", {"count=none"}},
	{"preferPost", "Prefer", "header", "Preference",
		{"return=representation", "return=minimal", "resolution=ignore-duplicates",
			"resolution=merge-duplicates"}},
	{"select", "select", "query", "Filtering Columns", {0}},
	{"on_conflict", "on_conflict", "query", "On Conflict", {0}},
	{"order", "order", "query", "Ordering", {0}},
	{"range", "Range", "header", "Limiting and Pagination", {0}},
	{"rangeUnit", "Range-Unit", "header", "Limiting and Pagination", {0}},
	{"offset", "offset", "query", "Limiting and Pagination", {0}},
	{"limit", "limit", "query", "Limiting and Pagination", {0}},
};

static void schema_begin(struct jsonw *w, const struct openapi *o)
{
	if (!o->is_31)
		return;
	jsonw_key(w, "schema");
	jsonw_obj(w);
}

static void schema_end(struct jsonw *w, const struct openapi *o)
{
	if (o->is_31)
		jsonw_end(w);
}

static void common_parameter(struct jsonw *w, const struct openapi *o, size_t i)
{
	jsonw_key(w, common[i].key);
	jsonw_obj(w);
	jsonw_key(w, "name"), jsonw_cstr(w, common[i].name);
	jsonw_key(w, "description"), jsonw_cstr(w, common[i].words);
	jsonw_key(w, "required"), jsonw_bool(w, false);
	jsonw_key(w, "in"), jsonw_cstr(w, common[i].in);
	schema_begin(w, o);
	if (strcmp(common[i].key, "rangeUnit") == 0)
		jsonw_key(w, "default"), jsonw_cstr(w, "items");
	jsonw_key(w, "type"), jsonw_cstr(w, "string");
	if (common[i].values[0]) {
		jsonw_key(w, "enum");
		jsonw_arr(w);
		for (size_t k = 0; k < 4 && common[i].values[k]; k++)
			jsonw_cstr(w, common[i].values[k]);
		jsonw_end(w);
	}
	schema_end(w, o);
	jsonw_end(w);
}

static void body(struct jsonw *w, const struct openapi *o, const struct rest_table *t)
{
	jsonw_key_str(w, str_printf(o->r->arena, "body." STR_FMT, STR_ARG(t->name)));
	jsonw_obj(w);
	jsonw_key(w, "name"), jsonw_str(w, t->name);
	jsonw_key(w, "description"), jsonw_str(w, t->comment.len ? t->comment : t->name);
	jsonw_key(w, "required"), jsonw_bool(w, false);
	jsonw_key(w, "in"), jsonw_cstr(w, "body");
	jsonw_key(w, "schema");
	openapi_ref(w, o, "definitions", t->name);
	jsonw_end(w);
}

static void filter(struct jsonw *w, const struct openapi *o, const struct rest_table *t,
	const struct rest_column *c)
{
	jsonw_key_str(w,
		str_printf(o->r->arena, "rowFilter." STR_FMT "." STR_FMT, STR_ARG(t->name),
			STR_ARG(c->name)));
	jsonw_obj(w);
	jsonw_key(w, "name"), jsonw_str(w, c->name);
	if (c->comment.len)
		jsonw_key(w, "description"), jsonw_str(w, c->comment);
	jsonw_key(w, "required"), jsonw_bool(w, false);
	jsonw_key(w, "in"), jsonw_cstr(w, "query");
	schema_begin(w, o);
	jsonw_key(w, "type"), jsonw_cstr(w, "string");
	schema_end(w, o);
	jsonw_end(w);
}

void openapi_parameters(struct jsonw *w, const struct openapi *o)
{
	jsonw_obj(w);
	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		common_parameter(w, o, i);
	for (size_t i = 0; i < o->n_tables; i++) {
		const struct rest_table *t = o->tables[i].table;
		if (!o->is_31)
			body(w, o, t);
		for (size_t k = 0; k < t->n; k++)
			if (openapi_may_read(o, &t->columns[k]))
				filter(w, o, t, &t->columns[k]);
	}
	jsonw_end(w);
}

static void info(struct jsonw *w, const struct openapi *o)
{
	struct str text = rest_cache_schema_comment(o->r->cache, o->r->schema), rest = text,
		   first = str_cut(&rest, '\n');

	jsonw_key(w, "info");
	jsonw_obj(w);
	jsonw_key(w, "title"), jsonw_str(w, first.len ? first : STR("PostgREST API"));
	jsonw_key(w, "description"), jsonw_str(w, rest.len ? str_trim(rest) : STR(""));
	jsonw_key(w, "version"), jsonw_cstr(w, PLAT_VERSION);
	jsonw_end(w);
}

struct place {
	struct str scheme, host, path;
};

/* Where clients reach us: what the proxy in front is called, or the Host that was asked. */
static struct place place_of(const struct openapi *o)
{
	struct str proxy = rest_site_config(o->r->site)->openapi_server_proxy_uri;
	const char *prefix = rest_site_prefix(o->r->site);
	ptrdiff_t colon = str_find(proxy, STR("://"));
	struct place p = {.scheme = STR("http"),
		.host = o->r->http->host,
		.path = str_of(*prefix ? prefix : "/")};

	if (proxy.len && colon > 0) {
		struct str rest = str_sub(proxy, (size_t)colon + 3, proxy.len);
		p.scheme = str_sub(proxy, 0, (size_t)colon);
		p.host = str_cut(&rest, '/');
		p.path = str_printf(o->r->arena, "/" STR_FMT, STR_ARG(rest));
	}
	return p;
}

static void security(struct jsonw *w)
{
	jsonw_key(w, "securityDefinitions");
	jsonw_obj(w);
	jsonw_key(w, "JWT");
	jsonw_obj(w);
	jsonw_key(w, "description"),
		jsonw_cstr(w, "Add the token prepending \"Bearer \" (without quotes) to it");
	jsonw_key(w, "in"), jsonw_cstr(w, "header");
	jsonw_key(w, "name"), jsonw_cstr(w, "Authorization");
	jsonw_key(w, "type"), jsonw_cstr(w, "apiKey");
	jsonw_end(w);
	jsonw_end(w);
	jsonw_key(w, "security");
	jsonw_raw(w, STR("[{\"JWT\":[]}]"));
}

static void document_20(struct jsonw *w, const struct openapi *o)
{
	static const struct str media = {STR_INIT(
		"[\"application/json\",\"application/vnd.pgrst.object+json;nulls=stripped\","
		"\"application/vnd.pgrst.object+json\",\"text/csv\"]")};
	struct place p = place_of(o);

	jsonw_key(w, "swagger"), jsonw_cstr(w, "2.0");
	info(w, o);
	jsonw_key(w, "host"), jsonw_str(w, p.host);
	jsonw_key(w, "basePath"), jsonw_str(w, p.path);
	jsonw_key(w, "schemes");
	jsonw_arr(w);
	jsonw_str(w, p.scheme);
	jsonw_end(w);
	jsonw_key(w, "consumes"), jsonw_raw(w, media);
	jsonw_key(w, "produces"), jsonw_raw(w, media);
	jsonw_key(w, "paths"), openapi_paths(w, o);
	jsonw_key(w, "definitions"), openapi_definitions(w, o);
	jsonw_key(w, "parameters"), openapi_parameters(w, o);
	if (rest_site_config(o->r->site)->openapi_security_active)
		security(w);
}

static void document_31(struct jsonw *w, const struct openapi *o)
{
	struct place p = place_of(o);

	jsonw_key(w, "openapi"), jsonw_cstr(w, "3.1.0");
	info(w, o);
	jsonw_key(w, "servers");
	jsonw_arr(w);
	jsonw_obj(w);
	jsonw_key(w, "url"),
		jsonw_str(w,
			str_printf(o->r->arena, STR_FMT "://" STR_FMT STR_FMT, STR_ARG(p.scheme),
				STR_ARG(p.host), STR_ARG(p.path)));
	jsonw_end(w);
	jsonw_end(w);
	jsonw_key(w, "paths"), openapi_paths(w, o);
	jsonw_key(w, "components");
	jsonw_obj(w);
	jsonw_key(w, "schemas"), openapi_definitions(w, o);
	jsonw_key(w, "parameters"), openapi_parameters(w, o);
	if (rest_site_config(o->r->site)->openapi_security_active) {
		jsonw_key(w, "securitySchemes");
		jsonw_raw(w,
			STR("{\"JWT\":{\"type\":\"http\",\"scheme\":\"bearer\",\"bearerFormat\":\"JWT\"}}"));
	}
	jsonw_end(w);
}

void openapi_document(struct jsonw *w, const struct openapi *o)
{
	jsonw_obj(w);
	if (o->is_31)
		document_31(w, o);
	else
		document_20(w, o);
	jsonw_end(w);
}
