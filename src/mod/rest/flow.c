#include "mod/rest/flow.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "http/url.h"
#include "mod/rest/cache.h"
#include "mod/rest/call.h"
#include "mod/rest/compress.h"
#include "mod/rest/config.h"
#include "mod/rest/keyset.h"
#include "mod/rest/media.h"
#include "mod/rest/plan.h"
#include "mod/rest/select.h"
#include "mod/rest/request.h"
#include "mod/rest/site.h"

#define SHAPE_ROOM 1000 /* most shapes are smaller */

static int no_path(struct rest_request *r)
{
	return rest_fault(&r->fault, 404, "PGRST125", "Invalid path specified in request URL");
}

static int method_of(struct rest_request *r, struct str method)
{
	static const char *const names[] = {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE",
		"OPTIONS"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(method, str_of(names[i]))) {
			r->method = (enum rest_method)i;
			return 0;
		}
	return rest_fault(&r->fault, 405, "PGRST117", "Unsupported HTTP method: " STR_FMT,
		STR_ARG(method));
}

/* raw begins with the slash. */
static int segment(struct rest_request *r, struct str raw, struct str *ret)
{
	struct err e = {.arena = r->arena};
	struct str decoded;

	if (raw.len < 2 || http_path_decode(r->arena, raw, &decoded, &e))
		return no_path(r);
	*ret = str_sub(decoded, 1, decoded.len);
	return 0;
}

int rest_flow_target(struct rest_request *r, struct str path, struct str method)
{
	struct str rest = path;

	if (str_ends(rest, STR("/")))
		rest.len--;
	r->name = STR("");
	r->target = REST_TARGET_ROOT;
	if (method_of(r, method))
		return -1;
	if (rest.len <= 1)
		return 0;
	r->target = REST_TARGET_TABLE;
	if (str_starts(rest, STR("/rpc/"))) {
		r->target = REST_TARGET_CALL;
		rest = str_sub(rest, 4, rest.len);
	}
	return str_find_char(str_sub(rest, 1, rest.len), '/') >= 0 ? no_path(r)
								   : segment(r, rest, &r->name);
}

/* Which function or table may be asked what. */
static int check_method(struct rest_request *r)
{
	static const char *const names[] = {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE",
		"OPTIONS"};
	bool reads = r->method == REST_GET || r->method == REST_HEAD || r->method == REST_OPTIONS;

	if (r->target == REST_TARGET_CALL && !reads && r->method != REST_POST)
		return rest_fault(&r->fault, 405, "PGRST101", "Cannot use the %s method on RPC",
			names[r->method]);
	if (r->target == REST_TARGET_ROOT && !reads)
		return rest_fault(&r->fault, 405, "PGRST117", "Unsupported HTTP method: %s",
			names[r->method]);
	return 0;
}

static bool is_exposed(const struct rest_config *c, struct str schema)
{
	for (size_t i = 0; i < c->db_schemas.n; i++)
		if (str_eq(c->db_schemas.at[i], schema))
			return true;
	return false;
}

static int wrong_schema(struct rest_request *r, const struct rest_config *c, struct str asked)
{
	struct buf all;

	buf_init(&all, 0);
	for (size_t i = 0; i < c->db_schemas.n; i++) {
		buf_cstr(&all, i ? ", " : "");
		buf_str(&all, c->db_schemas.at[i]);
	}
	rest_fault(&r->fault, 406, "PGRST106", "Invalid schema: " STR_FMT, STR_ARG(asked));
	rest_fault_hint(&r->fault, "Only the following schemas are exposed: " STR_FMT,
		STR_ARG(buf_view(&all)));
	buf_done(&all);
	return -1;
}

static bool has(const struct rest_request *r, struct str schema)
{
	return r->target == REST_TARGET_CALL ? rest_cache_func(r->cache, schema, r->name) != NULL
					     : rest_cache_table(r->cache, schema, r->name) != NULL;
}

/* What clients send unless told otherwise means, in plat's own database, the module named by default_module. */
static struct str of_house(const struct rest_request *r, const struct rest_config *c,
	struct str asked)
{
	bool is_default = !asked.len || str_eq(asked, STR("public"));

	if (!rest_site_is_house(r->site) || !is_default ||
		(is_exposed(c, STR("public")) && has(r, STR("public"))))
		return asked;
	return c->default_module;
}

static int choose_schema(struct rest_request *r)
{
	const struct rest_config *c = rest_site_config(r->site);
	bool reads = r->method == REST_GET || r->method == REST_HEAD;
	struct str asked = of_house(r, c,
		rest_request_header(r, reads ? "Accept-Profile" : "Content-Profile"));

	r->has_profile = c->db_schemas.n > 1;
	if (asked.len && !is_exposed(c, asked))
		return wrong_schema(r, c, asked);
	r->schema = asked.len ? asked : c->db_schemas.at[0];
	return 0;
}

static int find_table(struct rest_request *r)
{
	r->table = rest_cache_table(r->cache, r->schema, r->name);
	if (r->table && r->table->is_exposed)
		return 0;
	struct str near = rest_cache_near_table(r->cache, r->schema, r->name, r->arena);
	rest_fault(&r->fault, 404, "PGRST205",
		"Could not find the table '" STR_FMT "." STR_FMT "' in the schema cache",
		STR_ARG(r->schema), STR_ARG(r->name));
	if (near.len)
		rest_fault_hint(&r->fault, "Perhaps you meant the table '" STR_FMT "." STR_FMT "'",
			STR_ARG(r->schema), STR_ARG(near));
	return -1;
}

/* Where db-timezone-enabled is false, the preference is one that is not known. */
static int check_timezone(struct rest_request *r)
{
	struct str zone = r->prefer.timezone;

	if (!zone.p || rest_site_config(r->site)->db_timezone_enabled)
		return 0;
	r->prefer.timezone = STR_NULL;
	if (r->prefer.handling != REST_HANDLING_STRICT)
		return 0;
	rest_fault(&r->fault, 400, "PGRST122", "Invalid preferences given with handling=strict");
	return rest_fault_details(&r->fault, "Invalid preferences: timezone=" STR_FMT,
		STR_ARG(zone));
}

static int read_headers(struct rest_request *r)
{
	struct str tx = rest_request_header_list(r, "Prefer");

	if (rest_parse_prefer(r->arena, tx, &r->prefer, &r->fault) || check_timezone(r))
		return -1;
	if (coding_refused(rest_request_header_list(r, "Accept-Encoding")))
		return rest_fault(&r->fault, 406, "PGRST107",
			"None of these content codings are available: " STR_FMT,
			STR_ARG(rest_request_header_list(r, "Accept-Encoding")));
	return rest_parse_accept(r->arena, rest_request_header_list(r, "Accept"), &r->accepts,
		&r->n_accepts, &r->fault);
}

int rest_flow_login(struct rest_request *r)
{
	int64_t begin = mono_us();
	int code = rest_site_login(r);

	r->jwt_us = mono_us() - begin;
	if (code == 0)
		r->role = rest_cache_role(r->cache, r->login.role);
	return code;
}

int rest_flow_head(struct rest_request *r)
{
	return (!r->login.role.p && rest_flow_login(r)) || check_method(r) || choose_schema(r) ||
			read_headers(r) || (r->target == REST_TARGET_TABLE && find_table(r))
		? -1
		: 0;
}

bool rest_flow_has_body(const struct rest_request *r)
{
	return r->method == REST_POST || r->method == REST_PATCH || r->method == REST_PUT;
}

static int parse(struct rest_request *r, struct str query, struct str more)
{
	bool is_call = r->target == REST_TARGET_CALL;
	struct rest_func *f = is_call ? rest_cache_func(r->cache, r->schema, r->name) : NULL;
	struct rest_parse p = {.arena = r->arena,
		.query = query,
		.more = more,
		.is_call = is_call,
		.is_read_call = is_call && r->method != REST_POST,
		.is_arg = f && r->method != REST_POST ? rest_call_is_arg : NULL,
		.arg = f,
		.selects = rest_site_selects(r->site),
		.legacy_targets = rest_site_config(r->site)->url_use_legacy_target_names};

	if (rest_parse_query(&p, &r->query, &r->fault))
		return -1;
	return r->method == REST_GET
		? rest_parse_range(rest_request_header(r, "Range"), &r->query, &r->fault)
		: 0;
}

/* Everything besides the query and the body that makes another plan: numbers, then texts with their lengths among the numbers. */
static void shape_head(const struct rest_request *r, struct buf *shape)
{
	const struct rest_prefer *p = &r->prefer;
	const struct rest_accept *a = r->accept;
	struct str type = a->media == REST_MEDIA_OTHER ? a->type : STR(""),
		   plan_for = a->media == REST_MEDIA_PLAN ? a->plan_for : STR("");
	const uint32_t numbers[] = {r->target, r->method, (uint32_t)r->role,
		r->table          ? r->table->oid
			: r->func ? r->func->oid
				  : 0,
		p->ret, p->count, p->resolution, p->missing,
		p->handling == REST_HANDLING_STRICT && p->has_max_affected, a->media,
		a->strip_nulls, a->plan_text, a->plan_options, (uint32_t)type.len,
		(uint32_t)plan_for.len, (uint32_t)r->schema.len};

	(void)!buf_reserve(shape, SHAPE_ROOM);
	buf_add(shape, numbers, sizeof numbers);
	buf_str(shape, type);
	buf_str(shape, plan_for);
	buf_str(shape, r->schema);
}

static bool is_read(const struct rest_request *r)
{
	return r->target == REST_TARGET_CALL || r->method == REST_GET || r->method == REST_HEAD;
}

static int shape_and_plan(struct rest_request *r)
{
	struct buf shape;
	int code;

	buf_init(&shape, 0);
	shape_head(r, &shape);
	rest_shape_query(&shape, &r->values, &r->query);
	if (is_read(r) && r->query.root.limit_param < 0)
		r->query.root.limit_param = rest_values_add(&r->values, db_null());
	code = rest_keyset_prepare(r, &shape) || rest_select_shape(r, &shape) ||
			rest_body_shape(r, &shape)
		? -1
		: 0;
	if (code == 0)
		code = rest_plan_get(r, buf_view(&shape));
	buf_done(&shape);
	return code;
}

int rest_flow_plan(struct rest_request *r, struct str query, struct str more,
	struct str content_type, struct str body)
{
	int64_t begin = mono_us();
	int code = parse(r, query, more);

	r->values.arena = r->arena;
	if (code == 0 && body.p)
		code = rest_body_parse(r, content_type, body);
	if (code == 0 && r->target == REST_TARGET_CALL)
		code = rest_call_choose(r);
	if (code == 0)
		code = rest_media_choose(r);
	r->parse_us = mono_us() - begin;
	if (code == 0)
		code = shape_and_plan(r);
	r->plan_us = mono_us() - begin - r->parse_us;
	rest_site_stats(r->site)->shapes++;
	rest_site_stats(r->site)->shape_us += (uint64_t)(r->parse_us + r->plan_us);
	return code;
}
