#include "mod/rest/cors.h"

#include "base/arena.h"
#include "base/buf.h"
#include "mod/rest/config.h"
#include "mod/rest/request.h"
#include "mod/rest/site.h"

#define METHODS "GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD"
#define EXPOSED                                                                                                                          \
	"Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit, ETag, " \
	"Link, Preference-Applied, Server-Timing, X-Request-Id"

/* Is the origin one that may ask? An empty list means any. */
static bool is_allowed(const struct rest_config *c, struct str origin)
{
	for (size_t i = 0; i < c->server_cors_allowed_origins.n; i++)
		if (str_eq(c->server_cors_allowed_origins.at[i], origin))
			return true;
	return c->server_cors_allowed_origins.n == 0;
}

static bool allow_origin(struct rest_request *r, struct str origin)
{
	const struct rest_config *c = rest_site_config(r->site);

	if (!is_allowed(c, origin))
		return false;
	if (c->server_cors_allowed_origins.n == 0) {
		rest_answer_header(r, "Access-Control-Allow-Origin", STR("*"));
		return true;
	}
	rest_answer_header(r, "Access-Control-Allow-Origin", origin);
	rest_answer_header(r, "Access-Control-Allow-Credentials", STR("true"));
	return true;
}

bool rest_cors_preflight(struct rest_request *r)
{
	struct str origin = rest_request_header(r, "Origin");
	struct str asked = rest_request_header(r, "Access-Control-Request-Headers");
	struct buf b;

	if (r->method != REST_OPTIONS || !origin.len ||
		!rest_request_header(r, "Access-Control-Request-Method").p)
		return false;
	if (allow_origin(r, origin)) {
		buf_init(&b, 0);
		buf_cstr(&b, "Authorization");
		for (struct str rest = asked; rest.p;) {
			struct str name = str_trim(str_cut(&rest, ','));
			buf_cstr(&b, name.len ? ", " : "");
			buf_str(&b, name);
		}
		buf_cstr(&b, ", Accept, Accept-Language, Content-Language");
		rest_answer_header(r, "Access-Control-Allow-Methods", STR(METHODS));
		rest_answer_header(r, "Access-Control-Allow-Headers",
			str_copy(r->arena, buf_view(&b)));
		rest_answer_header(r, "Access-Control-Max-Age", STR("86400"));
		buf_done(&b);
	}
	rest_answer_send(r, 200, STR_NULL, STR(""));
	return true;
}

void rest_cors_answer(struct rest_request *r)
{
	struct str origin = rest_request_header(r, "Origin");

	if (origin.len && allow_origin(r, origin))
		rest_answer_header(r, "Access-Control-Expose-Headers", STR(EXPOSED));
}
