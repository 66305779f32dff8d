#include "mod/rest/reply.h"

#include "base/arena.h"
#include "base/buf.h"
#include "db/result.h"
#include "mod/rest/cache.h"
#include "mod/rest/config.h"
#include "mod/rest/encode.h"
#include "mod/rest/etag.h"
#include "mod/rest/plan.h"
#include "mod/rest/reply_local.h"
#include "mod/rest/request.h"
#include "mod/rest/select.h"
#include "mod/rest/run.h"
#include "mod/rest/site.h"
#include "mod/rest/sql_guard.h"

#define ROOM_MAX \
	(64 << 10) /* bytes that an answer gets at once, when earlier ones of its shape had them */

static bool is_paged(const struct rest_request *r)
{
	return r->target == REST_TARGET_CALL || r->method == REST_GET || r->method == REST_HEAD;
}

struct str rest_reply_type(const struct rest_request *r)
{
	if (r->plan->content_type.p)
		return r->plan->content_type;
	switch (r->accept->media) {
	case REST_MEDIA_SINGULAR:
		return r->accept->strip_nulls
			? STR("application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8")
			: STR("application/vnd.pgrst.object+json; charset=utf-8");
	case REST_MEDIA_ARRAY:
		return r->accept->strip_nulls
			? STR("application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8")
			: STR("application/json; charset=utf-8");
	case REST_MEDIA_CSV: return STR("text/csv; charset=utf-8");
	case REST_MEDIA_GEOJSON: return STR("application/geo+json; charset=utf-8");
	case REST_MEDIA_ANY:
	case REST_MEDIA_JSON:
	case REST_MEDIA_PLAN:
	case REST_MEDIA_OPENAPI:
	case REST_MEDIA_OPENAPI31:
	case REST_MEDIA_OTHER: break;
	}
	return STR("application/json; charset=utf-8");
}

static struct str range_text(struct rest_request *r, int64_t from, int64_t to, int64_t total)
{
	char first[STR_DECIMAL_SIZE], last[STR_DECIMAL_SIZE], all[STR_DECIMAL_SIZE];
	struct str end = total >= 0 ? str_decimal(all, total) : STR("*");

	if (total == 0 || from > to)
		return STR_JOIN(r->arena, STR("*/"), end);
	return STR_JOIN(r->arena, str_decimal(first, from), STR("-"), str_decimal(last, to),
		STR("/"), end);
}

static struct str content_range(struct rest_request *r, const struct rest_outcome *o, int64_t rows)
{
	int64_t written = r->prefer.count == REST_COUNT_NONE ? -1 : o->affected;

	if (is_paged(r))
		return range_text(r, r->query.root.offset, r->query.root.offset + rows - 1,
			o->total);
	if (r->method == REST_PATCH)
		return range_text(r, 0, o->affected - 1, written);
	return range_text(r, 1, 0, written);
}

static void location(struct rest_request *r, const struct rest_outcome *o)
{
	const struct rest_plan *p = r->plan;
	struct buf b;

	if (r->prefer.ret != REST_RETURN_HEADERS || !p->n_pk || result_rows(o->main) != 1)
		return;
	buf_init(&b, 0);
	buf_cstr(&b, rest_site_prefix(r->site));
	buf_char(&b, '/');
	reply_percent(&b, r->name);
	for (size_t i = 0; i < p->n_pk; i++) {
		struct str value = result_text(o->main, 0, p->pk_cols[i]);
		buf_char(&b, i ? '&' : '?');
		reply_percent(&b, p->pk[i]);
		buf_cstr(&b, value.p ? "=eq." : "=is.null");
		reply_percent(&b, value);
	}
	rest_answer_header(r, "Location", str_copy(r->arena, buf_view(&b)));
	buf_done(&b);
}

static void content_location(struct rest_request *r)
{
	if (r->method != REST_GET && r->method != REST_HEAD)
		return;
	rest_answer_header(r, "Content-Location",
		STR_JOIN(r->arena, str_of(rest_site_prefix(r->site)),
			r->target == REST_TARGET_CALL ? STR("/rpc/") : STR("/"), r->name,
			r->query.canonical.len ? STR("?") : STR(""), r->query.canonical));
}

static bool is_upsert(const struct rest_request *r)
{
	bool has_key = !r->table || r->table->n_pk || r->query.has_on_conflict;

	return r->target == REST_TARGET_TABLE && r->method == REST_POST && has_key;
}

/* Of the preferences, those that mean something here. */
static struct rest_prefer honoured(const struct rest_request *r)
{
	struct rest_prefer p = r->prefer;
	bool is_call = r->target == REST_TARGET_CALL, is_write = !is_paged(r);
	bool changes = r->method == REST_PATCH || r->method == REST_DELETE;

	if (!is_write)
		p.ret = REST_RETURN_NONE;
	if (!is_upsert(r))
		p.resolution = REST_RESOLUTION_NONE;
	if (!is_write || r->method == REST_DELETE || r->method == REST_PUT)
		p.missing = REST_MISSING_NONE;
	p.has_max_affected = p.has_max_affected && (is_call || changes);
	return p;
}

void rest_reply_headers(struct rest_request *r, const struct rest_outcome *o, int64_t rows)
{
	struct rest_prefer p = honoured(r);
	const struct rest_config *c = rest_site_config(r->site);
	struct str applied = rest_prefer_applied(r->arena, &p, rest_run_may_end_tx(c));

	if (r->method != REST_PUT)
		rest_answer_header(r, "Content-Range", content_range(r, o, rows));
	content_location(r);
	if (r->method == REST_POST && r->target == REST_TARGET_TABLE)
		location(r, o);
	if (applied.len)
		rest_answer_header(r, "Preference-Applied", applied);
	if (r->plan->warning.len)
		rest_answer_header(r, "Warning", r->plan->warning);
	reply_next_link(r, o->main);
	reply_common(r);
}

static int write_status(const struct rest_request *r, const struct rest_outcome *o)
{
	bool has_body = r->prefer.ret == REST_RETURN_ROWS;

	switch (r->method) {
	case REST_POST:
		return o->inserted == 0 ||
				(o->affected == 0 && r->prefer.resolution == REST_RESOLUTION_MERGE)
			? 200
			: 201;
	case REST_PUT: return !has_body ? 204 : o->inserted > 0 ? 201 : 200;
	case REST_PATCH:
	case REST_DELETE: return has_body ? 200 : 204;
	case REST_GET:
	case REST_HEAD:
	case REST_OPTIONS: break;
	}
	return 200;
}

int rest_reply_status(const struct rest_request *r, const struct rest_outcome *o, int64_t rows)
{
	if (!is_paged(r))
		return write_status(r, o);
	if (r->plan->result == REST_RESULT_NONE)
		return 204; /* a function that returns void */
	return o->total >= 0 && rows < o->total ? 206 : 200;
}

/* An offset past the end, where the end is known. */
static int check_range(struct rest_request *r, const struct rest_outcome *o)
{
	if (!is_paged(r) || o->total < 0 || r->query.root.offset <= o->total)
		return 0;
	rest_answer_header(r, "Content-Range", range_text(r, 1, 0, o->total));
	rest_fault(&r->fault, 416, "PGRST103", "Requested range not satisfiable");
	return rest_fault_details(&r->fault,
		"An offset of %lld was requested, but there are only %lld rows.",
		(long long)r->query.root.offset, (long long)o->total);
}

static bool is_singular(const struct rest_request *r)
{
	return r->accept->media == REST_MEDIA_SINGULAR && r->plan->result != REST_RESULT_NONE;
}

static int check_singular(struct rest_request *r, int64_t rows)
{
	if (!is_singular(r) || rows == 1 ||
		(r->plan->result != REST_RESULT_ROWS && r->plan->result != REST_RESULT_VALUES))
		return 0;
	return reply_not_singular(r, rows);
}

/* Bounds that the statement did not hold itself; what it wrote is none then, or is undone. */
static int check_guards(struct rest_request *r, const struct rest_outcome *o, int64_t rows)
{
	if (!is_paged(r))
		return rest_guard_check(r, o->affected,
			r->plan->result == REST_RESULT_NONE ? -1 : rows);
	return check_singular(r, rows);
}

static void encode(struct rest_request *r, const struct result *res, struct buf *out)
{
	struct rest_encoder x;
	int rows = result_rows(res);

	rest_encode_init(&x, r->arena, r->plan, r->accept->strip_nulls, out);
	rest_encode_types(&x, res);
	if (r->plan->is_csv) {
		rest_encode_csv_head(&x);
		for (int i = 0; i < rows; i++)
			rest_encode_csv_row(&x, res, i);
	} else if (r->plan->result == REST_RESULT_VALUE) {
		if (rows > 0)
			rest_encode_value(&x, res, 0, 0);
		else
			buf_cstr(out, "null");
	} else if (r->plan->is_object && rows == 0) {
		buf_cstr(out, "null");
	} else if ((is_singular(r) || r->plan->is_object) && r->plan->result == REST_RESULT_ROWS) {
		rest_encode_object(&x, res, 0);
	} else if (is_singular(r)) {
		rest_encode_value(&x, res, 0, 0);
	} else {
		rest_encode_array(&x, res);
	}
}

/* The bytes that a media type handler made. */
static struct str body_of(struct rest_request *r, const struct result *res)
{
	if (result_rows(res) == 0)
		return STR("");
	struct str text =
		r->plan->is_bytea ? result_bytes(res, 0, 0, r->arena) : reply_lines(r, res);
	return text.p ? text : STR("");
}

static void send_rows(struct rest_request *r, const struct rest_outcome *o, int status)
{
	struct str type = rest_reply_type(r);
	struct buf out;

	if (r->plan->result == REST_RESULT_BODY) {
		rest_answer_send(r, status, type, body_of(r, o->main));
		return;
	}
	buf_init(&out, 0);
	(void)!buf_reserve(&out, r->plan->bytes_max < ROOM_MAX ? r->plan->bytes_max : ROOM_MAX);
	encode(r, o->main, &out);
	if (out.len > r->plan->bytes_max)
		r->plan->bytes_max = out.len;
	if (rest_etag_matches(r, result_rows(o->main), buf_view(&out))) {
		buf_done(&out);
		rest_answer_send(r, 304, STR_NULL, STR(""));
		return;
	}
	rest_answer_send_buf(r, status, type, &out);
}

void rest_reply_rows(struct rest_request *r, const struct rest_outcome *o)
{
	int64_t rows = o->main ? result_rows(o->main) : 0;
	int status;

	if (check_range(r, o) || check_guards(r, o, rows)) {
		rest_reply_fault(r);
		return;
	}
	status = rest_reply_status(r, o, rows);
	rest_reply_headers(r, o, rows);
	if (rest_reply_gucs(r, o, &status)) {
		rest_reply_fault(r);
		return;
	}
	if (r->plan->result == REST_RESULT_NONE)
		rest_answer_send(r, status, STR_NULL, STR(""));
	else
		send_rows(r, o, status);
}
