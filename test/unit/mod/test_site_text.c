/* Text in XML and in pages, and TXT records in the bytes of a name server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "mod/site/markup.h"
#include "mod/site/txt.h"

static struct arena *a;
static struct buf b;

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	buf_init(&b, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_done(&b);
	arena_free(a);
	return 0;
}

/* --- markup --------------------------------------------------------------------------------------- */

#define BAD "\xef\xbf\xbd"

static void is_written(struct str text, const char *wanted)
{
	buf_clear(&b);
	site_markup_text(&b, text);
	assert_string_equal(str_cstr(a, buf_view(&b)), wanted);
}

static void text_is_escaped(void **state)
{
	(void)state;
	is_written(STR("a<b>&\"c'"), "a&lt;b&gt;&amp;&quot;c&#39;");
	is_written(STR("]]>\t\n"), "]]&gt;\t\n");
	is_written(STR("Señor \xf0\x9f\x8f\xa0"), "Señor \xf0\x9f\x8f\xa0");
	is_written(STR_NULL, "");
}

static void what_xml_cannot_hold_is_replaced(void **state)
{
	(void)state;
	is_written(STR("a\x01\0\x1f"
		       "b"),
		"a" BAD BAD BAD "b");
	is_written(STR("a\xff"
		       "b\xc3"),
		"a" BAD "b" BAD);
	is_written(STR("\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd"), BAD BAD BAD);
}

static void elements_without_text_are_left_out(void **state)
{
	(void)state;
	site_markup_element(&b, "x", STR("1<2"));
	site_markup_element(&b, "y", STR_NULL);
	site_markup_element(&b, "z", STR(""));
	assert_string_equal(b.p, "<x>1&lt;2</x><z></z>");
}

static void json_ends_no_script(void **state)
{
	(void)state;
	site_markup_json(&b, STR("{\"a\":\"</script><!--\"}"));
	assert_string_equal(b.p, "{\"a\":\"\\u003c/script>\\u003c!--\"}");
}

/* --- TXT records ---------------------------------------------------------------------------------- */

#define HEAD(answers) "\x12\x34\x81\x80\0\x01\0" answers "\0\0\0\0"
#define QUESTION "\x05_plat\x01x\x03org\0\0\x10\0\x01"
#define TXT(len) "\xc0\x0c\0\x10\0\x01\0\0\0\x3c\0" len

static int read_message(struct str message, struct site_txt *ret)
{
	struct err e = {.arena = a};

	return site_txt_read(a, message, ret, &e);
}

static void strings_of_a_record_are_one_text(void **state)
{
	struct site_txt t;

	(void)state;
	assert_int_equal(read_message(STR(HEAD("\x02") QUESTION TXT(
					      "\x0b") "\x05plat-\x04"
						      "done" TXT("\x06") "\x05"
									 "other"),
				 &t),
		0);
	assert_int_equal(t.n, 2);
	assert_string_equal(t.texts[0].p, "plat-done");
	assert_string_equal(t.texts[1].p, "other");
}

static void other_records_are_passed_over(void **state)
{
	struct site_txt t;

	(void)state;
	assert_int_equal(
		read_message(STR(HEAD("\x02") QUESTION
				     "\xc0\x0c\0\x05\0\x01\0\0\0\x3c\0\x04\x01z\xc0\x14" TXT(
					     "\x03") "\x02"
						     "ab"),
			&t),
		0);
	assert_int_equal(t.n, 1);
	assert_string_equal(t.texts[0].p, "ab");
	assert_int_equal(read_message(STR(HEAD("\0") QUESTION), &t), 0);
	assert_int_equal(t.n, 0);
}

static void what_is_cut_off_is_refused(void **state)
{
	struct str whole = STR(HEAD("\x01") QUESTION TXT("\x03") "\x02"
								 "ab");
	struct site_txt t;

	(void)state;
	assert_int_equal(read_message(whole, &t), 0);
	for (size_t n = 0; n < whole.len; n++)
		assert_int_equal(read_message(str_sub(whole, 0, n), &t), E_UPSTREAM);
	assert_int_equal(read_message(STR(HEAD("\x01") QUESTION TXT("\x03") "\x09"
									    "ab"),
				 &t),
		E_UPSTREAM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(text_is_escaped, setup, teardown),
		cmocka_unit_test_setup_teardown(what_xml_cannot_hold_is_replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(elements_without_text_are_left_out, setup,
			teardown),
		cmocka_unit_test_setup_teardown(json_ends_no_script, setup, teardown),
		cmocka_unit_test_setup_teardown(strings_of_a_record_are_one_text, setup, teardown),
		cmocka_unit_test_setup_teardown(other_records_are_passed_over, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_cut_off_is_refused, setup, teardown),
	};

	return cmocka_run_group_tests_name("mod/site/text", tests, NULL, NULL);
}
