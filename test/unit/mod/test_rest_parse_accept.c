#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "support_rest.h"

static void parse(struct rest_try *t, const char *header, struct rest_accept **ret, size_t *ret_n)
{
	assert_int_equal(rest_parse_accept(t->arena, str_of(header), ret, ret_n, &t->fault), 0);
}

static const struct {
	const char *header;
	enum rest_media media;
	const char *type;
	bool strip_nulls;
} media_types[] = {
	{"*/*", REST_MEDIA_ANY, "*/*", false},
	{"", REST_MEDIA_ANY, "*/*", false},
	{" ", REST_MEDIA_ANY, "*/*", false},
	{",", REST_MEDIA_ANY, "*/*", false},
	{"application/json", REST_MEDIA_JSON, "application/json", false},
	{"Application/JSON; charset=utf-8", REST_MEDIA_JSON, "application/json", false},
	{"application/*", REST_MEDIA_JSON, "application/json", false},
	{"text/*", REST_MEDIA_CSV, "text/csv", false},
	{"application/vnd.pgrst.object", REST_MEDIA_SINGULAR, "application/vnd.pgrst.object",
		false},
	{"application/vnd.pgrst.object+json", REST_MEDIA_SINGULAR,
		"application/vnd.pgrst.object+json", false},
	{"application/vnd.pgrst.object+json;nulls=stripped", REST_MEDIA_SINGULAR,
		"application/vnd.pgrst.object+json", true},
	{"application/vnd.pgrst.object ; Nulls = \"stripped\" ", REST_MEDIA_SINGULAR,
		"application/vnd.pgrst.object", true},
	{"application/vnd.pgrst.array+json;nulls=stripped", REST_MEDIA_ARRAY,
		"application/vnd.pgrst.array+json", true},
	{"application/vnd.pgrst.array;nulls=kept", REST_MEDIA_ARRAY, "application/vnd.pgrst.array",
		false},
	{"text/csv", REST_MEDIA_CSV, "text/csv", false},
	{"application/geo+json", REST_MEDIA_GEOJSON, "application/geo+json", false},
	{"application/openapi+json", REST_MEDIA_OPENAPI, "application/openapi+json", false},
	{"application/openapi+json;version=3.1", REST_MEDIA_OPENAPI31, "application/openapi+json",
		false},
	{"application/vnd.oai.openapi+json;version=3.1", REST_MEDIA_OPENAPI31,
		"application/vnd.oai.openapi+json", false},
	{"application/vnd.oai.openapi+json;version=\"3.1.0\"", REST_MEDIA_OPENAPI31,
		"application/vnd.oai.openapi+json", false},
	{"application/vnd.oai.openapi+json", REST_MEDIA_OPENAPI31,
		"application/vnd.oai.openapi+json", false},
	{"application/vnd.oai.openapi+json;version=2.0", REST_MEDIA_OPENAPI,
		"application/vnd.oai.openapi+json", false},
	{"application/vnd.oai.openapi+json;version=3.0", REST_MEDIA_OTHER,
		"application/vnd.oai.openapi+json", false},
	{"application/octet-stream", REST_MEDIA_OTHER, "application/octet-stream", false},
	{"text/xml;version=1", REST_MEDIA_OTHER, "text/xml", false},
	{"nonsense", REST_MEDIA_OTHER, "nonsense", false},
	{"image/*", REST_MEDIA_OTHER, "image/*", false},
};

static void knows_its_media_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(media_types) / sizeof(media_types[0]); i++) {
		struct rest_try t;
		struct rest_accept *list;
		size_t n;
		rest_try_start(&t);
		parse(&t, media_types[i].header, &list, &n);
		assert_int_equal(n, 1);
		assert_int_equal(list->media, media_types[i].media);
		rest_try_same(list->type, media_types[i].type, media_types[i].header);
		assert_int_equal(list->strip_nulls, media_types[i].strip_nulls);
		rest_try_end(&t);
	}
}

static void reads_what_a_plan_is_asked_for(void **state)
{
	static const struct {
		const char *header;
		bool text;
		const char *for_type;
		unsigned options;
	} table[] = {
		{"application/vnd.pgrst.plan", true, "application/json", 0},
		{"application/vnd.pgrst.plan;", true, "application/json", 0},
		{"application/vnd.pgrst.plan+text", true, "application/json", 0},
		{"application/vnd.pgrst.plan+json", false, "application/json", 0},
		{"application/vnd.pgrst.plan+json; for=\"text/csv\"", false, "text/csv", 0},
		{"application/vnd.pgrst.plan; for=text/xml", true, "text/xml", 0},
		{"application/vnd.pgrst.plan; for=\"Application/JSON; q=1, x\";options=wal", true,
			"application/json; q=1, x", REST_PLAN_WAL},
		{"application/vnd.pgrst.plan; for=\"a\\\"b\\\\c\"", true, "a\"b\\c", 0},
		{"application/vnd.pgrst.plan; for=\"open", true, "open", 0},
		{"application/vnd.pgrst.plan; for=\"", true, "", 0},
		{"application/vnd.pgrst.plan+json; options=analyze|verbose|settings|buffers|wal",
			false, "application/json",
			REST_PLAN_ANALYZE | REST_PLAN_VERBOSE | REST_PLAN_SETTINGS |
				REST_PLAN_BUFFERS | REST_PLAN_WAL},
		{"application/vnd.pgrst.plan; options=Buffers| nothing |analyze", true,
			"application/json", REST_PLAN_ANALYZE | REST_PLAN_BUFFERS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rest_try t;
		struct rest_accept *list;
		size_t n;
		rest_try_start(&t);
		parse(&t, table[i].header, &list, &n);
		assert_int_equal(n, 1);
		assert_int_equal(list->media, REST_MEDIA_PLAN);
		assert_int_equal(list->plan_text, table[i].text);
		rest_try_same(list->plan_for, table[i].for_type, table[i].header);
		assert_int_equal(list->plan_options, table[i].options);
		rest_try_end(&t);
	}
}

static void the_best_comes_first(void **state)
{
	static const struct {
		const char *header, *want;
	} table[] = {
		{"text/csv, application/json", "text/csv application/json"},
		{"text/csv;q=0.5, application/json", "application/json text/csv"},
		{"*/*, text/csv", "text/csv */*"},
		{"image/*, */*, image/png", "image/png image/* */*"},
		{"a/b, a/c;x=1, a/d;x=1;y=2", "a/d a/c a/b"},
		{"a/b;q=0.1, a/c;q=0.9, a/d;q=0.9, a/e;q=0.2", "a/c a/d a/e a/b"},
		{"a/b;q=0, a/c", "a/c"},
		{"a/b;q=0", ""},
		{"a/b;q=0.000", ""},
		{"a/b;q=2, a/c;q=x, a/d;q=-1", "a/b a/c"},
		{"a/b;Q=0.1, a/c; q = 0.2", "a/c a/b"},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
			"text/html application/xhtml+xml application/xml */*"},
		{"a/b;x=\"1,2;q=0\",a/c;q=0.5", "a/b a/c"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rest_try t;
		struct rest_accept *list;
		struct buf b;
		size_t n;
		rest_try_start(&t);
		buf_init(&b, 0);
		parse(&t, table[i].header, &list, &n);
		for (size_t k = 0; k < n; k++) {
			buf_cstr(&b, k ? " " : "");
			buf_str(&b, list[k].type);
		}
		rest_try_same(buf_view(&b), table[i].want, table[i].header);
		buf_done(&b);
		rest_try_end(&t);
	}
}

static void no_header_takes_anything(void **state)
{
	struct rest_try t;
	struct rest_accept *list;
	size_t n;

	(void)state;
	rest_try_start(&t);
	assert_int_equal(rest_parse_accept(t.arena, STR_NULL, &list, &n, &t.fault), 0);
	assert_int_equal(n, 1);
	assert_int_equal(list->media, REST_MEDIA_ANY);
	rest_try_end(&t);
}

static void takes_so_many_types_and_no_more(void **state)
{
	struct rest_try t;
	struct rest_accept *list;
	struct buf b;
	size_t n;

	(void)state;
	rest_try_start(&t);
	buf_init(&b, 0);
	for (int i = 0; i < 32; i++)
		buf_cstr(&b, "a/b,");
	parse(&t, b.p, &list, &n);
	assert_int_equal(n, 32);
	buf_cstr(&b, "a/b");
	assert_int_equal(rest_parse_accept(t.arena, buf_view(&b), &list, &n, &t.fault), -1);
	assert_int_equal(t.fault.status, 400);
	assert_string_equal(t.fault.message, "The Accept header has more than 32 media types.");
	buf_done(&b);
	rest_try_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_its_media_types),
		cmocka_unit_test(reads_what_a_plan_is_asked_for),
		cmocka_unit_test(the_best_comes_first),
		cmocka_unit_test(no_header_takes_anything),
		cmocka_unit_test(takes_so_many_types_and_no_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
