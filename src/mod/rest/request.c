#include "mod/rest/request.h"

#include "base/arena.h"
#include "base/clock.h"
#include "http/request.h"

struct str rest_request_header(const struct rest_request *r, const char *name)
{
	if (r->http)
		return http_header(r->http, name);
	for (const struct rest_header *h = r->headers; h; h = h->next)
		if (str_eq_nocase(str_of(h->name), str_of(name)))
			return h->value;
	return STR_NULL;
}

struct str rest_request_header_list(struct rest_request *r, const char *name)
{
	return r->http ? http_header_list(r->http, name) : rest_request_header(r, name);
}

struct str rest_request_path(const struct rest_request *r)
{
	return r->http ? r->http->path : r->path;
}

int64_t rest_request_age_us(const struct rest_request *r)
{
	return mono_us() - r->began_us;
}
