#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http/conn_state.h"
#include "http/status.h"

static void every_state_has_a_name_and_can_close(void **state)
{
	(void)state;
	for (int s = 0; s < HTTP_CONN_CLOSED; s++) {
		assert_non_null(http_conn_state_name((enum http_conn_state)s));
		assert_true(http_conn_state_may((enum http_conn_state)s, HTTP_CONN_CLOSED));
	}
	assert_string_equal(http_conn_state_name(HTTP_CONN_CLOSED), "closed");
}

static void nothing_follows_the_end(void **state)
{
	(void)state;
	for (int s = 0; s < HTTP_CONN_STATES; s++) {
		enum http_conn_state to = (enum http_conn_state)s;
		assert_false(http_conn_state_may(HTTP_CONN_CLOSED, to));
		assert_int_equal(http_conn_state_may(HTTP_CONN_LINGER, to), to == HTTP_CONN_CLOSED);
	}
}

static void an_open_connection_goes_anywhere(void **state)
{
	(void)state;
	for (int from = 0; from < HTTP_CONN_LINGER; from++)
		for (int to = 0; to < HTTP_CONN_STATES; to++)
			assert_true(http_conn_state_may((enum http_conn_state)from,
				(enum http_conn_state)to));
}

static void statuses_have_words(void **state)
{
	(void)state;
	assert_string_equal(http_status_text(404), "Not Found");
	assert_string_equal(http_status_text(599), "");
	assert_string_equal(http_status_text(-1), "");
	assert_string_equal(http_status_text(600), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_has_a_name_and_can_close),
		cmocka_unit_test(nothing_follows_the_end),
		cmocka_unit_test(an_open_connection_goes_anywhere),
		cmocka_unit_test(statuses_have_words),
	};
	return cmocka_run_group_tests_name("http/conn_state", tests, NULL, NULL);
}
