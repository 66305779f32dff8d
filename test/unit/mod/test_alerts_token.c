#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/keyring.h"
#include "mod/alerts/token.h"

static struct arena *a;
static struct keyring *ring;

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	ring = keyring_new();
	return keyring_add(ring, 1, NULL);
}

static int teardown(void **state)
{
	(void)state;
	keyring_free(ring);
	arena_free(a);
	return 0;
}

static struct alerts_token some(void)
{
	return (struct alerts_token){uuid_new(), uuid_new(), uuid_new()};
}

static void says_what_was_signed(void **state)
{
	(void)state;
	struct alerts_token t = some(), got;
	struct str text = alerts_token_write(a, ring, &t);

	assert_int_equal(text.len, 92);
	assert_true(alerts_token_read(a, ring, text, &got));
	assert_true(uuid_eq(got.workspace, t.workspace) && uuid_eq(got.person, t.person) &&
		uuid_eq(got.search, t.search));
}

static void no_bit_can_be_changed(void **state)
{
	(void)state;
	struct alerts_token t = some(), got = {0};
	struct str text = alerts_token_write(a, ring, &t);

	for (size_t i = 0; i < text.len; i++) {
		struct str wrong = str_copy(a, text);
		((char *)wrong.p)[i] = text.p[i] == 'A' ? 'B' : 'A';
		assert_false(alerts_token_read(a, ring, wrong, &got));
		assert_false(alerts_token_read(a, ring, str_sub(text, 0, i), &got));
	}
	assert_false(alerts_token_read(a, ring, STR_JOIN(a, text, STR("A")), &got));
	assert_false(alerts_token_read(a, ring, STR_NULL, &got));
	assert_true(uuid_is_nil(got.person));
}

static void outlives_a_new_master_key_and_not_the_old_one(void **state)
{
	(void)state;
	struct alerts_token t = some(), got;
	struct str text = alerts_token_write(a, ring, &t);
	struct str old = str_copy(a, keyring_id(ring, 0));

	assert_int_equal(keyring_add(ring, 2, NULL), 0);
	assert_true(alerts_token_read(a, ring, text, &got));
	assert_int_equal(keyring_remove(ring, old, NULL), 0);
	assert_false(alerts_token_read(a, ring, text, &got));
}

static void without_a_key_there_is_none(void **state)
{
	(void)state;
	struct keyring *empty = keyring_new();
	struct alerts_token t = some();

	assert_null(alerts_token_write(a, empty, &t).p);
	keyring_free(empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(says_what_was_signed, setup, teardown),
		cmocka_unit_test_setup_teardown(no_bit_can_be_changed, setup, teardown),
		cmocka_unit_test_setup_teardown(outlives_a_new_master_key_and_not_the_old_one,
			setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_key_there_is_none, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
