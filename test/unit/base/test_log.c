#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"

static struct buf lines;

static void keep(void *arg, struct str line)
{
	buf_str(arg, line);
}

static int setup(void **state)
{
	(void)state;
	buf_init(&lines, 0);
	buf_cstr(&lines, "");
	log_set_sink(keep, &lines);
	log_set_level(LOG_LEVEL_INFO);
	log_set_format(LOG_FORMAT_AUTO);
	clock_freeze(1795262400123456);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	log_set_sink(NULL, NULL);
	clock_freeze(0);
	buf_done(&lines);
	return 0;
}

static void a_line_is_one_json_object(void **state)
{
	(void)state;
	log_info("sync.done", LOG_REQUEST(STR("01J")), LOG_INT("rows", 120), LOG_US("took_us", 5),
		LOG_CSTR("feed", "bri\ndge"), LOG_F64("share", 0.5), LOG_BOOL("full", true),
		LOG_STR("none", STR_NULL));
	assert_string_equal(lines.p,
		"{\"time\":\"2026-11-21T12:00:00.123456Z\",\"level\":\"info\",\"event\":\"sync.done\","
		"\"request_id\":\"01J\",\"rows\":120,\"took_us\":5,\"feed\":\"bri\\ndge\",\"share\":0.5,"
		"\"full\":true,\"none\":null}\n");
}

static void text_is_for_people(void **state)
{
	(void)state;
	log_set_format(LOG_FORMAT_TEXT);
	log_info("sync.done", LOG_INT("rows", 120), LOG_CSTR("feed", "bridge"),
		LOG_CSTR("name", "Ada L"), LOG_CSTR("empty", ""), LOG_STR("none", STR_NULL),
		LOG_BOOL("ok", false));
	log_error("boot.failed");
	assert_string_equal(lines.p,
		"12:00:00.123 info  sync.done rows=120 feed=bridge name=\"Ada L\" empty=\"\" none=null "
		"ok=false\n"
		"12:00:00.123 error boot.failed\n");
}

static void no_value_forges_a_line_or_a_terminal_sequence(void **state)
{
	(void)state;
	log_set_format(LOG_FORMAT_TEXT);
	log_info("x", LOG_CSTR("v", "a\n12:00 error fake \x1b[31m rows=1 \"q\""),
		LOG_CSTR("u", "\xff\xc2\x9b"));
	assert_int_equal(str_find_char(buf_view(&lines), '\n'), lines.len - 1);
	assert_int_equal(str_find_char(buf_view(&lines), '\x1b'), -1);
	assert_non_null(strstr(lines.p, "v=\"a\\n12:00 error fake \\u001b[31m rows=1 \\\"q\\\"\""));
}

static void lines_below_the_level_are_dropped(void **state)
{
	(void)state;
	log_debug("no");
	assert_int_equal(lines.len, 0);
	assert_false(log_is_on(LOG_LEVEL_DEBUG));
	log_set_level(LOG_LEVEL_DEBUG);
	log_debug("yes");
	assert_true(lines.len > 0);
	buf_clear(&lines);
	log_set_level(LOG_LEVEL_ERROR);
	log_warn("no");
	assert_int_equal(lines.len, 0);
	log_error("yes");
	assert_true(lines.len > 0);
	buf_clear(&lines);
	log_set_level(LOG_LEVEL_OFF);
	log_error("no");
	assert_int_equal(lines.len, 0);
}

static void secrets_are_never_written(void **state)
{
	static const char *const keys[] = {"password", "token", "access_token", "client_secret",
		"cookie", "Authorization", "authorization", "api_key", "stripe_api_key"};

	(void)state;
	for (int format = LOG_FORMAT_JSON; format <= LOG_FORMAT_TEXT; format++) {
		log_set_format(format);
		log_info("x", LOG_SECRET("value", STR("sesame")), LOG_SECRET("nothing", STR_NULL));
		for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
			log_info("x", LOG_CSTR(keys[i], "sesame"), LOG_INT(keys[i], 987654));
	}
	assert_null(strstr(lines.p, "sesame"));
	assert_null(strstr(lines.p, "987654"));
	assert_non_null(strstr(lines.p, "\"value\":\"[hidden]\",\"nothing\":null"));
	buf_clear(&lines);
	log_set_format(LOG_FORMAT_JSON);
	log_info("x", LOG_INT("tokens_used", 7), LOG_CSTR("broken", "open"));
	assert_non_null(strstr(lines.p, "\"tokens_used\":7,\"broken\":\"open\""));
}

static void a_failure_gives_its_kind_and_words(void **state)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};

	(void)state;
	err_set(&e, E_UPSTREAM, "the feed answered 500");
	log_warn("sync.failed", LOG_ERR(&e));
	assert_non_null(
		strstr(lines.p, "\"error\":\"upstream\",\"message\":\"the feed answered 500\""));
	arena_free(a);
}

static void long_values_are_cut_at_a_character(void **state)
{
	struct arena *a = arena_new();
	struct str s;

	(void)state;
	for (size_t lead = 0; lead < 4; lead++) {
		char *text = arena_alloc(a, 10000);
		memset(text, 'x', lead);
		for (size_t i = lead; i + 4 <= 10000; i += 4)
			memcpy(text + i, "\xf0\x9f\x8f\xa0", 4);
		buf_clear(&lines);
		log_info("x", LOG_STR("v", str_from(text, lead + (10000 - lead) / 4 * 4)));
		const struct json *v = json_parse(a, buf_view(&lines), NULL);
		assert_true(json_to_str(json_get(v, "v"), &s));
		assert_true(s.len <= 2048 + 3 && s.len > 2040);
		assert_true(str_ends(s, STR("\xe2\x80\xa6")));
		assert_int_equal(str_find(s, STR("\xef\xbf\xbd")), -1);
	}
	log_set_format(LOG_FORMAT_TEXT);
	buf_clear(&lines);
	char *plain = arena_alloc(a, 3000);
	memset(plain, 'x', 3000);
	log_info("x", LOG_STR("v", str_from(plain, 3000)));
	assert_true(lines.len < 2200);
	arena_free(a);
}

static void names_are_read(void **state)
{
	enum log_level level = LOG_LEVEL_WARN;
	enum log_format format = LOG_FORMAT_TEXT;

	(void)state;
	assert_false(log_level_parse(STR("verbose"), &level));
	assert_false(log_level_parse(STR_NULL, &level));
	assert_int_equal(level, LOG_LEVEL_WARN);
	assert_true(log_level_parse(STR("debug"), &level) && level == LOG_LEVEL_DEBUG);
	assert_true(log_level_parse(STR("off"), &level) && level == LOG_LEVEL_OFF);
	assert_false(log_format_parse(STR("xml"), &format));
	assert_int_equal(format, LOG_FORMAT_TEXT);
	assert_true(log_format_parse(STR("json"), &format) && format == LOG_FORMAT_JSON);
	assert_true(log_format_parse(STR("auto"), &format) && format == LOG_FORMAT_AUTO);
}

#define KEPT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		KEPT(a_line_is_one_json_object),
		KEPT(text_is_for_people),
		KEPT(no_value_forges_a_line_or_a_terminal_sequence),
		KEPT(lines_below_the_level_are_dropped),
		KEPT(secrets_are_never_written),
		KEPT(a_failure_gives_its_kind_and_words),
		KEPT(long_values_are_cut_at_a_character),
		KEPT(names_are_read),
	};
	return cmocka_run_group_tests_name("base/log", tests, NULL, NULL);
}
