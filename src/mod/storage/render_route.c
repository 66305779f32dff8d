/* /storage/v1/render/image: pictures as somebody wants to see them, with the rights of the object. */
#include <unistd.h>

#include "app/req_fiber.h"
#include "app/service.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "http/reply.h"
#include "http/request.h"
#include "loop/fiber.h"
#include "mod/storage/object.h"
#include "mod/storage/render.h"
#include "mod/storage/rendition.h"
#include "mod/storage/storage_local.h"
#include "mod/storage/token.h"

#define PIECE ((size_t)128 * 1024)
#define TRIM_AFTER (RENDER_CACHE_BYTES / 10)

/* --- the folder's size ---------------------------------------------------------------------------------- */

static int64_t since_trim; /* bytes of renditions sent by this process: more than were made */

static void trim(void *arg)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	int64_t removed;

	if (render_trim(a, arg, RENDER_CACHE_BYTES, &removed, &e))
		log_warn("storage.trim", LOG_ERR(&e));
	arena_free(a);
}

static void count(struct storage_call *c, int64_t bytes)
{
	since_trim += bytes;
	if (since_trim < TRIM_AFTER)
		return;
	since_trim = 0;
	fiber_go(service_loop(c->service), trim, (void *)(uintptr_t)service_data(c->service));
}

/* --- sending ---------------------------------------------------------------------------------------------- */

struct piece {
	int fd;
	char *room;
	int64_t at;
	ssize_t got;
};

static void read_piece(void *arg)
{
	struct piece *p = arg;

	p->got = pread(p->fd, p->room, PIECE, p->at);
}

static void send(struct storage_call *c, const struct render_made *made)
{
	struct piece p = {.fd = made->fd, .room = arena_alloc(c->arena, PIECE)};

	http_reply_length(c->http, (uint64_t)made->size);
	http_reply_begin(c->http, 200);
	while (p.at < made->size) {
		fiber_work(read_piece, &p);
		if (p.got <= 0 || req_fiber_write(c->req, str_from(p.room, (size_t)p.got))) {
			http_drop(c->http);
			return;
		}
		p.at += p.got;
	}
	http_reply_end(c->http);
}

static void add_headers(struct storage_call *c, const struct storage_object *o, struct str etag)
{
	char when[CLOCK_HTTP_SIZE];

	http_reply_header(c->http, "ETag", etag);
	http_reply_header(c->http, "Last-Modified", str_of(clock_format_http(when, o->changed_us)));
	http_reply_header(c->http, "Cache-Control",
		o->cache_control.p ? o->cache_control : STR("no-cache"));
	http_reply_header(c->http, "Vary", STR("Accept"));
	http_reply_header(c->http, "X-Content-Type-Options", STR("nosniff"));
}

static bool has_it(struct storage_call *c, struct str etag)
{
	for (struct str rest = http_header_list(c->http, "If-None-Match"); rest.p;) {
		struct str tag = str_trim(str_cut(&rest, ','));
		if (str_starts(tag, STR("W/")))
			tag = str_sub(tag, 2, tag.len);
		if (str_eq(tag, etag) || str_eq(tag, STR("*")))
			return true;
	}
	return false;
}

static int refuse(struct storage_call *c)
{
	if (c->err.code == E_INPUT)
		return storage_fault(c, "InvalidRequest", "%s", c->err.msg);
	if (c->err.code == E_LIMIT)
		return storage_fault(c, "EntityTooLarge", "%s", c->err.msg);
	return storage_fail(c, &c->err);
}

static int answer(struct storage_call *c, const struct storage_object *o, struct rendition *want)
{
	struct render r = {.loop = service_loop(c->service),
		.engine = c->engine,
		.data = service_data(c->service)};
	struct storage_place place = storage_object_place(o);
	struct render_made made;

	if (!o->version.p)
		return storage_fault_absent(c);
	rendition_settle(want, http_header(c->http, "Accept"));
	struct str etag = STR_JOIN(c->arena, STR("\""), o->version, STR("-"),
		rendition_name(c->arena, want), STR("\""));
	if (has_it(c, etag)) {
		add_headers(c, o, etag);
		http_reply(c->http, 304, NULL, STR(""));
		return 0;
	}
	if (render_open(&r, c->arena, &place, o->size, want, &made, &c->err))
		return refuse(c);
	add_headers(c, o, etag);
	http_reply_header(c->http, "Content-Type", str_of(made.type));
	send(c, &made);
	count(c, made.size);
	return 0;
}

/* --- three ways in ------------------------------------------------------------------------------------------- */

static int render(struct storage_call *c, enum storage_eyes eyes)
{
	struct storage_object o;
	struct rendition want;

	if (rendition_of_query(c->arena, c->http->query, &want, &c->err))
		return storage_fault(c, "InvalidRequest", "%s", c->err.msg);
	return storage_object_find(c, eyes, c->bucket, c->name, &o) ? -1 : answer(c, &o, &want);
}

int storage_render_public(struct storage_call *c)
{
	return render(c, STORAGE_AS_PUBLIC);
}

int storage_render_authenticated(struct storage_call *c)
{
	return render(c, STORAGE_AS_CALLER);
}

/* What it is to look like stands in the token, not in the query. */
int storage_render_signed(struct storage_call *c)
{
	const struct json *claims;
	struct storage_object o;
	struct rendition want;

	if (storage_token_check(c, "download", &claims))
		return -1;
	if (json_type(json_get(claims, "transform")) != JSON_OBJECT)
		return storage_fault(c, "InvalidSignature", "Invalid signature");
	if (rendition_of_json(c->arena, json_get(claims, "transform"), &want, &c->err))
		return storage_fault(c, "InvalidRequest", "%s", c->err.msg);
	if (storage_object_find(c, STORAGE_AS_WORKER, c->bucket, c->name, &o))
		return -1;
	return answer(c, &o, &want);
}
