#include "mod/storage/download.h"

#include <string.h>

#include "app/req_fiber.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/enc.h"
#include "base/log.h"
#include "http/reply.h"
#include "http/request.h"
#include "mod/storage/call.h"
#include "mod/storage/object.h"
#include "mod/storage/range.h"

/* --- conditions (RFC 9110 13) --------------------------------------------------------------------- */

static struct str strong(struct str tag)
{
	return str_starts(tag, STR("W/")) ? str_sub(tag, 2, tag.len) : tag;
}

static bool lists(struct str tags, struct str etag)
{
	for (struct str rest = tags; rest.p;) {
		struct str tag = str_trim(str_cut(&rest, ','));
		if (str_eq(tag, STR("*")) || str_eq(strong(tag), etag))
			return true;
	}
	return false;
}

static bool is_unchanged(struct storage_call *c, const struct storage_object *o)
{
	struct str tags = http_header_list(c->http, "If-None-Match");
	int64_t since;

	if (tags.p)
		return lists(tags, o->etag);
	return clock_parse_http(http_header(c->http, "If-Modified-Since"), &since) &&
		o->changed_us / US_PER_SECOND <= since / US_PER_SECOND;
}

/* A range of other bytes than the client has the rest of would spoil its copy. */
static bool wants_range(struct storage_call *c, const struct storage_object *o)
{
	struct str validator = http_header(c->http, "If-Range");
	int64_t at;

	if (!validator.p)
		return true;
	if (clock_parse_http(validator, &at))
		return o->changed_us / US_PER_SECOND == at / US_PER_SECOND;
	return str_eq(validator, o->etag);
}

/* --- headers -------------------------------------------------------------------------------------- */

/* What a browser would run in the name of this site. */
static bool is_active(struct str mimetype)
{
	static const char *const heads[] = {"text/html", "application/xhtml", "image/svg",
		"text/xml", "application/xml", "text/xsl"};

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (str_eq_nocase(str_sub(mimetype, 0, strlen(heads[i])), str_of(heads[i])))
			return true;
	return false;
}

static struct str file_name(const struct storage_object *o)
{
	struct str rest = o->name, last = rest;

	while (rest.p)
		last = str_cut(&rest, '/');
	return last;
}

/* RFC 6266: once for all, and once as it is. */
static struct str disposition(struct arena *a, struct str name)
{
	struct str plain = str_copy(a, name);

	for (size_t i = 0; i < plain.len; i++)
		if (plain.p[i] < ' ' || strchr("\"\\\x7f", plain.p[i]))
			((char *)(uintptr_t)plain.p)[i] = '_';
	return STR_JOIN(a, STR("attachment; filename=\""), plain, STR("\"; filename*=UTF-8''"),
		enc_percent(a, name));
}

static void add_headers(struct storage_call *c, const struct storage_object *o)
{
	struct http_request *http = c->http;
	struct str download = storage_query(c, "download");
	char when[CLOCK_HTTP_SIZE];

	http_reply_header(http, "ETag", o->etag);
	http_reply_header(http, "Last-Modified", str_of(clock_format_http(when, o->changed_us)));
	http_reply_header(http, "Cache-Control",
		o->cache_control.p ? o->cache_control : STR("no-cache"));
	http_reply_header(http, "X-Content-Type-Options", STR("nosniff"));
	http_reply_header(http, "Accept-Ranges", STR("bytes"));
	if (o->content_encoding.len)
		http_reply_header(http, "Content-Encoding", o->content_encoding);
	if (download.p)
		http_reply_header(http, "Content-Disposition",
			disposition(c->arena, download.len ? download : file_name(o)));
	if (is_active(o->mimetype))
		http_reply_header(http, "Content-Security-Policy",
			STR("sandbox; default-src 'none'"));
}

static const char *type_of(struct storage_call *c, const struct storage_object *o)
{
	return o->mimetype.len ? str_cstr(c->arena, o->mimetype) : "application/octet-stream";
}

/* --- bytes ---------------------------------------------------------------------------------------- */

static void send(struct storage_call *c, struct storage_get *get, int status)
{
	struct str piece = STR_NULL;

	http_reply_begin(c->http, status);
	do {
		if (storage_get_read(get, &piece, &c->err)) {
			log_error("storage.read", LOG_REQUEST(c->http->id), LOG_ERR(&c->err));
			storage_get_close(get);
			http_drop(c->http); /* so that the client sees that it is not whole */
			return;
		}
	} while (piece.p && !req_fiber_write(c->req, piece));
	storage_get_close(get);
	if (piece.p)
		http_drop(c->http);
	else
		http_reply_end(c->http);
}

static int beyond(struct storage_call *c, const struct storage_object *o)
{
	http_reply_header(c->http, "Content-Range",
		str_printf(c->arena, "bytes */%lld", (long long)o->size));
	return storage_fault(c, "InvalidRange", "The requested range is not satisfiable");
}

static int send_part(struct storage_call *c, const struct storage_object *o, int status,
	int64_t from, int64_t len)
{
	struct storage_place place = storage_object_place(o);
	struct storage_get *get = storage_get_open(c->engine, c->arena, &place, from, len, &c->err);

	if (!get) {
		log_error("storage.no_bytes", LOG_REQUEST(c->http->id), LOG_STR("object", o->id),
			LOG_ERR(&c->err));
		return storage_fail(c, &c->err);
	}
	add_headers(c, o);
	http_reply_header(c->http, "Content-Type", str_of(type_of(c, o)));
	if (status == 206)
		http_reply_header(c->http, "Content-Range",
			str_printf(c->arena, "bytes %lld-%lld/%lld", (long long)from,
				(long long)(from + len - 1), (long long)o->size));
	http_reply_length(c->http, (uint64_t)len);
	send(c, get, status);
	return 0;
}

int storage_download(struct storage_call *c, const struct storage_object *o)
{
	int64_t from = 0, len = o->size;
	enum range_answer range = RANGE_WHOLE;

	if (is_unchanged(c, o)) {
		add_headers(c, o);
		http_reply(c->http, 304, NULL, STR(""));
		return 0;
	}
	if (!o->version.p)
		return storage_fault_absent(c);
	if (str_eq(c->http->method, STR("HEAD"))) {
		add_headers(c, o);
		http_reply_header(c->http, "Content-Type", str_of(type_of(c, o)));
		http_reply_length(c->http, (uint64_t)o->size);
		http_reply_begin(c->http, 200);
		http_reply_end(c->http);
		return 0;
	}
	if (wants_range(c, o))
		range = range_parse(http_header(c->http, "Range"), o->size, &from, &len);
	if (range == RANGE_BEYOND)
		return beyond(c, o);
	return send_part(c, o, range == RANGE_PART ? 206 : 200, from, len);
}
