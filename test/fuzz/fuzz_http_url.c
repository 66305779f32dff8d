/* Any bytes as a URL, a path and a query: what is accepted is what was meant, and can be written again. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/enc.h"
#include "http/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_url(struct arena *a, struct str text)
{
	struct http_url u;

	if (http_url_parse(text, &u, NULL))
		return;
	assert(u.host.len && u.port && str_starts(u.path, STR("/")));
	struct str shown = http_url_shown(a, text);
	assert(str_find_char(shown, '?') < 0 && str_find_char(shown, '#') < 0);
	struct http_url again;
	assert(!http_url_parse(shown, &again, NULL));
	assert(str_eq(again.host, u.host) && again.port == u.port && str_eq(again.path, u.path));
	assert(!again.userinfo.p);
}

static void check_path(struct arena *a, struct str raw)
{
	struct str path, again;
	struct buf b;

	if (http_path_decode(a, raw, &path, NULL))
		return;
	assert(path.p[0] == '/' && str_is_utf8(path) && str_find_char(path, '\0') < 0);
	buf_init(&b, 0);
	http_url_add_segment(&b, str_sub(path, 1, path.len));
	assert(!http_path_decode(a, buf_view(&b), &again, NULL) && str_eq(path, again));
	buf_done(&b);
}

static void check_query(struct arena *a, struct str raw)
{
	struct http_pair pair, first = {STR_NULL, STR_NULL};
	struct str rest = raw, again;
	struct buf b;
	int n, count = 0, count_again = 0;

	buf_init(&b, 0);
	while ((n = http_query_next(a, &rest, &pair, NULL)) > 0) {
		assert(str_is_utf8(pair.name) && str_is_utf8(pair.value));
		http_url_add_query(&b, pair.name, pair.value);
		if (!count++)
			first = pair;
	}
	again = str_sub(buf_view(&b), 1, b.len);
	while (http_query_next(a, &again, &pair, NULL) > 0) {
		if (!count_again++)
			assert(str_eq(pair.name, first.name) && str_eq(pair.value, first.value));
	}
	assert(count == count_again);
	buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str text = str_from(size ? (const char *)data : "", size);

	check_url(a, text);
	check_path(a, text);
	check_query(a, text);
	arena_free(a);
	return 0;
}
