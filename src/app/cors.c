#include "app/cors.h"

#include "app/module.h"
#include "base/arena.h"
#include "http/reply.h"
#include "http/request.h"

#define METHODS "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"
#define ALLOWED \
	"authorization, apikey, content-type, x-client-info, x-supabase-api-version, accept, accept-language, cache-control, x-upsert, prefer, range"
#define EXPOSED                                                                                                                           \
	"Link, X-Total-Count, X-Supabase-Api-Version, X-Request-Id, Content-Range, Content-Disposition, Content-Length, ETag, Location, " \
	"Retry-After, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Upload-Offset, Upload-Length, Upload-Metadata, Upload-Expires"

void cors_answer(struct http_request *http)
{
	if (!http_header(http, "Origin").len)
		return;
	http_reply_header(http, "Access-Control-Allow-Origin", STR("*"));
	http_reply_header(http, "Access-Control-Expose-Headers", STR(EXPOSED));
}

/* What a page asks to send is allowed: nothing that it could send opens anything without a token. */
void cors_preflight(struct req *r)
{
	struct http_request *http = r->http;
	struct str asked = http_header(http, "Access-Control-Request-Headers");

	if (http_header(http, "Origin").len) {
		http_reply_header(http, "Access-Control-Allow-Origin", STR("*"));
		http_reply_header(http, "Access-Control-Allow-Methods", STR(METHODS));
		http_reply_header(http, "Access-Control-Allow-Headers",
			asked.len ? asked : STR(ALLOWED));
		http_reply_header(http, "Access-Control-Max-Age", STR("86400"));
	}
	http_reply(http, 204, NULL, STR(""));
}
