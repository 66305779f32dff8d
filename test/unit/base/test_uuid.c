#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/uuid.h"

static void new_ids_are_version_4_and_differ(void **state)
{
	struct uuid a = uuid_new(), b = uuid_new();
	char text[UUID_SIZE];

	(void)state;
	assert_false(uuid_eq(a, b));
	assert_false(uuid_is_nil(a));
	uuid_format(text, a);
	assert_int_equal(strlen(text), UUID_LEN);
	assert_int_equal(text[14], '4');
	assert_non_null(strchr("89ab", text[19]));
}

static void text_and_bytes_correspond(void **state)
{
	struct uuid id;
	char text[UUID_SIZE];
	static const unsigned char bytes[16] = {0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1,
		0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};

	(void)state;
	assert_true(uuid_parse(STR("6BA7B810-9dad-11d1-80b4-00c04fd430c8"), &id));
	assert_memory_equal(id.b, bytes, 16);
	assert_string_equal(uuid_format(text, id), "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
	assert_true(uuid_parse(STR("00000000-0000-0000-0000-000000000000"), &id));
	assert_true(uuid_is_nil(id));
}

static void refuses_other_forms(void **state)
{
	static const char *const bad[] = {"", "6ba7b8109dad11d180b400c04fd430c8",
		"{6ba7b810-9dad-11d1-80b4-00c04fd430c8}", "6ba7b810-9dad-11d1-80b4-00c04fd430c",
		"6ba7b810-9dad-11d1-80b4-00c04fd430c8a", "6ba7b810-9dad-11d1-80b4-00c04fd430cg",
		"6ba7b8109-dad-11d1-80b4-00c04fd430c8", "6ba7b810+9dad-11d1-80b4-00c04fd430c8",
		"6ba7b810-9dad-11d1-80b4 00c04fd430c8", "urn:uuid:6ba7b810-9dad-11d1-80b4-00c"};
	struct uuid id = uuid_new(), before = id;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_false(uuid_parse(str_of(bad[i]), &id));
		assert_false(uuid_is_valid(str_of(bad[i])));
	}
	assert_false(uuid_is_valid(STR_NULL));
	assert_true(uuid_eq(id, before));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_ids_are_version_4_and_differ),
		cmocka_unit_test(text_and_bytes_correspond),
		cmocka_unit_test(refuses_other_forms),
	};
	return cmocka_run_group_tests_name("base/uuid", tests, NULL, NULL);
}
