#include "mod/mls/sync_local.h"

#include "base/arena.h"
#include "base/json.h"
#include "http/client.h"

int sync_answer_read(struct arena *a, struct str envelope, struct sync_answer *ret, struct err *e)
{
	struct err why = {.arena = a};
	const struct json *root = json_parse(a, envelope, &why);
	const struct json *value = json_get(root, "value");

	*ret = (struct sync_answer){.total = -1};
	if (!root)
		return err_set(e, E_UPSTREAM, "the answer is no complete JSON: %s", why.msg);
	if (json_type(root) != JSON_OBJECT ||
		(json_type(value) != JSON_ABSENT && json_type(value) != JSON_ARRAY))
		return err_set(e, E_UPSTREAM,
			"the answer is JSON, but neither an object with an array `value` nor a listing");
	ret->is_listing = !value;
	json_to_i64(json_get(root, "@odata.count"), &ret->total);
	json_to_str(json_get(root, "@odata.nextLink"), &ret->next);
	return 0;
}

static struct str from_link_header(struct arena *a, const struct http_result *r)
{
	for (struct str rest = http_result_header(r, "link"); rest.p;) {
		struct str link = str_trim(str_cut(&rest, ','));
		ptrdiff_t end = str_find_char(link, '>');
		if (str_starts(link, STR("<")) && end > 0 &&
			str_find(link, STR("rel=\"next\"")) >= 0)
			return str_copy(a, str_sub(link, 1, (size_t)end));
	}
	return STR_NULL;
}

/* Relative links are relative to the source. */
static struct str whole_link(const struct source *s, struct arena *a, struct str link)
{
	struct str root = s->root;
	ptrdiff_t host = str_find(root, STR("://"));

	if (!link.p || str_find(link, STR("://")) >= 0 || host < 0)
		return link;
	if (!str_starts(link, STR("/")))
		return STR_JOIN(a, root, STR("/"), link);
	ptrdiff_t path = str_find_char(str_sub(root, (size_t)host + 3, root.len), '/');
	return STR_JOIN(a, path < 0 ? root : str_sub(root, 0, (size_t)(host + 3 + path)), link);
}

struct str sync_answer_link(struct arena *a, const struct source *s, const struct http_result *r,
	struct str in_body)
{
	unsigned next_links = s->settings.next_links;
	struct str link = STR_NULL;

	if (!next_links || next_links & SOURCE_LINK_NEXT)
		link = str_copy(a, http_result_header(r, "next"));
	if (!link.p && (!next_links || next_links & SOURCE_LINK_LINK))
		link = from_link_header(a, r);
	if (!link.p && (!next_links || next_links & SOURCE_LINK_BODY))
		link = str_copy(a, in_body);
	return link.len ? whole_link(s, a, link) : STR_NULL;
}

/* What the feed says of its error, shortened: it may be anything. */
static struct str words_of_feed(struct arena *a, struct str body)
{
	struct err ignored = {.arena = a};
	struct str words = STR_NULL;
	const struct json *v = body.len ? json_parse(a, body, &ignored) : NULL;
	const struct json *error = json_get(v, "error");

	if (!json_to_str(json_get(error, "message"), &words) &&
		!json_to_str(json_get(v, "message"), &words))
		return STR("");
	words.len = str_utf8_prefix(str_sub(words, 0, 200));
	return str_printf(a, ": " STR_FMT, STR_ARG(words));
}

int sync_answer_refused(struct arena *a, const struct http_result *r, struct err *e)
{
	struct str words = words_of_feed(a, r->body);

	switch (r->status) {
	case 400:
		return err_set(e, E_UPSTREAM,
			"the feed answered 400, it does not take the request" STR_FMT,
			STR_ARG(words));
	case 401:
		return err_set(e, E_LOGIN, "the feed refused the token (401)" STR_FMT,
			STR_ARG(words));
	case 403:
		return err_set(e, E_RIGHT,
			"the feed does not allow this with our token (403)" STR_FMT,
			STR_ARG(words));
	case 404:
		return err_set(e, E_ABSENT, "the feed knows no such dataset (404)" STR_FMT,
			STR_ARG(words));
	case 429:
		return err_set(e, E_RATE, "the feed's rate limit did not end in time (429)" STR_FMT,
			STR_ARG(words));
	default:
		return err_set(e, E_UPSTREAM, "the feed answered %d" STR_FMT, r->status,
			STR_ARG(words));
	}
}

struct str sync_answer_body(const struct http_result *r)
{
	return r->err.code || r->status != 200 ? STR("") : r->body;
}
