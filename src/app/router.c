#include "app/router.h"

#include <string.h>

#include "base/arena.h"
#include "base/enc.h"

static bool take_param(struct arena *a, struct str segment, struct str params[REQ_PARAMS], int *n)
{
	struct str text;

	if (*n == REQ_PARAMS || !segment.len || !enc_percent_decode(a, segment, &text) ||
		!str_is_utf8(text))
		return false;
	params[(*n)++] = text;
	return true;
}

/* Is what stands before the first parameter there? Tells most routes apart at once. */
static bool has_head(const char *pattern, struct str path)
{
	size_t i = 0;

	while (pattern[i] && pattern[i] != ':' && pattern[i] != '*' && i < path.len &&
		pattern[i] == path.p[i])
		i++;
	return !pattern[i] || pattern[i] == ':' || pattern[i] == '*';
}

static bool matches(struct arena *a, const char *pattern, struct str path,
	struct str params[REQ_PARAMS])
{
	struct str want = str_of(pattern);
	int n = 0;

	memset(params, 0, REQ_PARAMS * sizeof *params);
	while (want.p && path.p) {
		struct str part = str_cut(&want, '/');
		if (str_eq(part, STR("*"))) {
			params[n] = path;
			return n < REQ_PARAMS;
		}
		struct str segment = str_cut(&path, '/');
		bool fits = str_starts(part, STR(":")) ? take_param(a, segment, params, &n)
						       : str_eq(part, segment);
		if (!fits)
			return false;
	}
	return !want.p && !path.p;
}

static bool method_fits(const char *wanted, struct str method)
{
	return !strcmp(wanted, "*") || str_eq(method, str_of(wanted)) ||
		(!strcmp(wanted, "GET") && str_eq(method, STR("HEAD")));
}

static struct str add_allow(struct arena *a, struct str allow, const char *method)
{
	const char *more = strcmp(method, "GET") ? method : "GET, HEAD";

	return allow.p ? str_printf(a, STR_FMT ", %s", STR_ARG(allow), more) : str_of(more);
}

enum router_answer router_find(const struct module *const *list, struct str method,
	struct str raw_path, struct arena *a, const struct route **ret_route,
	struct str params[REQ_PARAMS], struct str *ret_allow)
{
	struct str allow = STR_NULL;

	for (; *list; list++)
		for (const struct route *r = (*list)->routes; r && r->path; r++) {
			if (!has_head(r->path, raw_path) || !matches(a, r->path, raw_path, params))
				continue;
			if (method_fits(r->method, method)) {
				*ret_route = r;
				return ROUTER_FOUND;
			}
			allow = add_allow(a, allow, r->method);
		}
	*ret_allow = allow;
	return allow.p ? ROUTER_METHOD : ROUTER_NOT_FOUND;
}
