#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "db/conn_state.h"

static void every_state_can_close(void **state)
{
	(void)state;
	for (enum conn_state s = 0; s < CONN_STATES; s++)
		assert_int_equal(conn_state_may(s, CONN_CLOSED), s != CONN_CLOSED);
}

static void the_table_is_the_drawing(void **state)
{
	(void)state;
	assert_true(conn_state_may(CONN_CLOSED, CONN_DIALING));
	assert_false(conn_state_may(CONN_CLOSED, CONN_READY));
	assert_true(conn_state_may(CONN_DIALING, CONN_READY));
	assert_false(conn_state_may(CONN_DIALING, CONN_BUSY));
	assert_true(conn_state_may(CONN_READY, CONN_BUSY));
	assert_true(conn_state_may(CONN_BUSY, CONN_READY));
	assert_false(conn_state_may(CONN_BUSY, CONN_DIALING));
	assert_string_equal(conn_state_name(CONN_BUSY), "busy");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_can_close),
		cmocka_unit_test(the_table_is_the_drawing),
	};
	return cmocka_run_group_tests_name("db/conn_state", tests, NULL, NULL);
}
