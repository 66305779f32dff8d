#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static struct buf b;

static int setup(void **state)
{
	(void)state;
	buf_init(&b, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_done(&b);
	return 0;
}

static void writes_every_kind_of_value(void **state)
{
	struct jsonw w = jsonw_to(&b);
	struct arena *a = arena_new();

	(void)state;
	jsonw_obj(&w);
	jsonw_key(&w, "s"), jsonw_str(&w, STR("a\"b\n"));
	jsonw_key(&w, "c"), jsonw_cstr(&w, "text");
	jsonw_key(&w, "n"), jsonw_i64(&w, INT64_MIN);
	jsonw_key(&w, "f"), jsonw_f64(&w, 0.1);
	jsonw_key(&w, "b"), jsonw_bool(&w, true);
	jsonw_key(&w, "z"), jsonw_null(&w);
	jsonw_key(&w, "t"), jsonw_time(&w, 0);
	jsonw_key(&w, "r"), jsonw_raw(&w, STR("{\"x\":[1]}"));
	jsonw_key(&w, "j"), jsonw_json(&w, json_parse(a, STR("[ 1.10 ]"), NULL));
	jsonw_key_str(&w, STR("k\t")), jsonw_arr(&w), jsonw_end(&w);
	jsonw_end(&w);
	assert_true(jsonw_is_complete(&w));
	assert_string_equal(b.p,
		"{\"s\":\"a\\\"b\\n\",\"c\":\"text\",\"n\":-9223372036854775808,\"f\":0.1,\"b\":true,\"z\":null,"
		"\"t\":\"1970-01-01T00:00:00.000000Z\",\"r\":{\"x\":[1]},\"j\":[1.10],\"k\\t\":[]}");
	arena_free(a);
}

static void nests_and_separates(void **state)
{
	struct jsonw w = jsonw_to(&b);

	(void)state;
	jsonw_arr(&w);
	for (int i = 0; i < 2; i++) {
		jsonw_obj(&w);
		jsonw_obj_end(&w);
		jsonw_arr(&w);
		jsonw_i64(&w, 1), jsonw_i64(&w, 2);
		jsonw_arr_end(&w);
	}
	assert_false(jsonw_is_complete(&w));
	jsonw_end(&w);
	assert_string_equal(b.p, "[{},[1,2],{},[1,2]]");
	assert_true(jsonw_is_complete(&w));
}

static void a_single_value_is_complete(void **state)
{
	struct jsonw w = jsonw_to(&b);

	(void)state;
	assert_false(jsonw_is_complete(&w));
	jsonw_i64(&w, 5);
	assert_true(jsonw_is_complete(&w));
}

static void goes_as_deep_as_promised(void **state)
{
	struct jsonw w = jsonw_to(&b);

	(void)state;
	for (int i = 0; i < JSONW_MAX_DEPTH; i++) {
		if (i % 2)
			jsonw_key(&w, "k"), jsonw_arr(&w);
		else
			jsonw_obj(&w);
	}
	for (int i = 0; i < JSONW_MAX_DEPTH; i++)
		jsonw_end(&w);
	assert_true(jsonw_is_complete(&w));
	struct arena *a = arena_new();
	assert_non_null(json_parse(a, buf_view(&b), NULL));
	arena_free(a);
}

static void absent_is_null(void **state)
{
	struct jsonw w = jsonw_to(&b);

	(void)state;
	jsonw_arr(&w);
	jsonw_str(&w, STR_NULL), jsonw_cstr(&w, NULL), jsonw_raw(&w, STR_NULL),
		jsonw_json(&w, NULL);
	jsonw_str(&w, STR(""));
	jsonw_end(&w);
	assert_string_equal(b.p, "[null,null,null,null,\"\"]");
}

static void foreign_bytes_become_valid_json(void **state)
{
	struct jsonw w = jsonw_to(&b);

	(void)state;
	jsonw_obj(&w);
	jsonw_key_str(&w, STR("k\xff")), jsonw_str(&w, STR("\xc3(\xe2\x82\"\xf0"));
	jsonw_end(&w);
	assert_string_equal(b.p,
		"{\"k\xef\xbf\xbd\":\"\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\\\"\xef\xbf\xbd\"}");
}

static void doubles_read_back_equal(void **state)
{
	static const double values[] = {0, -0.0, 1, -1.5, 0.1, 1.0 / 3, 1e21, 1e-7,
		123456789.123456789, DBL_MAX, DBL_MIN, DBL_EPSILON, 5e-324, 9007199254740993.0};

	(void)state;
	for (size_t i = 0; i < N(values); i++) {
		struct arena *a = arena_new();
		struct jsonw w = jsonw_to(&b);
		double back;
		buf_clear(&b);
		jsonw_f64(&w, values[i]);
		assert_true(json_to_f64(json_parse(a, buf_view(&b), NULL), &back));
		assert_true(back == values[i]);
		arena_free(a);
	}
	buf_clear(&b);
	struct jsonw w = jsonw_to(&b);
	jsonw_arr(&w);
	jsonw_f64(&w, INFINITY), jsonw_f64(&w, -INFINITY), jsonw_f64(&w, NAN);
	jsonw_f64(&w, 0.1), jsonw_f64(&w, 2.5e10);
	jsonw_end(&w);
	assert_string_equal(b.p, "[null,null,null,0.1,25000000000]");
}

static void value_without_key(void)
{
	struct jsonw w = jsonw_to(&b);

	jsonw_obj(&w);
	jsonw_i64(&w, 1);
}

static void key_in_array(void)
{
	struct jsonw w = jsonw_to(&b);

	jsonw_arr(&w);
	jsonw_key(&w, "k");
}

static void two_keys(void)
{
	struct jsonw w = jsonw_to(&b);

	jsonw_obj(&w);
	jsonw_key(&w, "k");
	jsonw_key(&w, "k");
}

static void end_after_key(void)
{
	struct jsonw w = jsonw_to(&b);

	jsonw_obj(&w);
	jsonw_key(&w, "k");
	jsonw_end(&w);
}

static void end_of_nothing(void)
{
	struct jsonw w = jsonw_to(&b);

	jsonw_end(&w);
}

static void second_value(void)
{
	struct jsonw w = jsonw_to(&b);

	jsonw_i64(&w, 1);
	jsonw_i64(&w, 2);
}

static void wrong_end(void)
{
	struct jsonw w = jsonw_to(&b);

	jsonw_arr(&w);
	jsonw_obj_end(&w);
}

static void too_deep(void)
{
	struct jsonw w = jsonw_to(&b);

	for (int i = 0; i <= JSONW_MAX_DEPTH; i++)
		jsonw_arr(&w);
}

static void wrong_nesting_is_an_assertion(void **state)
{
	static void (*const wrong[])(void) = {value_without_key, key_in_array, two_keys,
		end_after_key, end_of_nothing, second_value, wrong_end, too_deep};
	int status;

	(void)state;
	for (size_t i = 0; i < N(wrong); i++) {
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			signal(SIGABRT, SIG_DFL);
			if (!freopen("/dev/null", "w", stderr))
				_exit(1);
			wrong[i]();
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	}
}

#define WITH_BUF(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BUF(writes_every_kind_of_value),
		WITH_BUF(nests_and_separates),
		WITH_BUF(a_single_value_is_complete),
		WITH_BUF(goes_as_deep_as_promised),
		WITH_BUF(absent_is_null),
		WITH_BUF(foreign_bytes_become_valid_json),
		WITH_BUF(doubles_read_back_equal),
		WITH_BUF(wrong_nesting_is_an_assertion),
	};
	return cmocka_run_group_tests_name("base/jsonw", tests, NULL, NULL);
}
