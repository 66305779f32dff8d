/* XML of strangers: what is told, and what is refused before it costs anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/xml.h"

struct seen {
	struct buf b;
};

static int on_start(const struct xml_element *element, void *arg, struct err *e)
{
	struct seen *s = arg;

	if (str_eq(element->name, STR("stop")))
		return err_set(e, E_CONFLICT, "enough");
	buf_printf(&s->b, "<" STR_FMT, STR_ARG(element->name));
	for (size_t i = 0; i < element->n; i++)
		buf_printf(&s->b, " " STR_FMT "=" STR_FMT, STR_ARG(element->attributes[i].name),
			STR_ARG(element->attributes[i].value));
	return 0;
}

static int on_end(struct str name, void *arg, struct err *e)
{
	struct seen *s = arg;

	(void)e;
	buf_printf(&s->b, ">" STR_FMT, STR_ARG(name));
	return 0;
}

/* Answers the code; in pieces of so many bytes. */
static int read(struct str text, size_t piece, struct seen *s, struct err *e)
{
	struct xml *x =
		xml_new(e->arena, &(struct xml_events){.start = on_start, .end = on_end, .arg = s});

	buf_init(&s->b, 0);
	for (size_t at = 0; at < text.len; at += piece)
		if (xml_feed(x, str_sub(text, at, at + piece), e))
			return e->code;
	return xml_end(x, e);
}

static void assert_refused(struct str text, int code, const char *words)
{
	struct err e = {.arena = arena_new()};
	struct seen s;

	assert_int_equal(read(text, 1000, &s, &e), code);
	assert_non_null(strstr(e.msg, words));
	buf_done(&s.b);
	arena_free(e.arena);
}

static void elements_and_attributes_come_without_prefixes_however_the_text_is_cut(void **state)
{
	struct str text = STR("<?xml version=\"1.0\"?><e:a xmlns:e=\"u\" e:b=\"1 &amp; 2\"> "
			      "t<c d='&#xE9;'/><!-- x --></e:a>\n");

	(void)state;
	for (size_t piece = 1; piece < 20; piece++) {
		struct err e = {.arena = arena_new()};
		struct seen s;
		assert_int_equal(read(text, piece, &s, &e), 0);
		assert_string_equal(s.b.p, "<a e=u b=1 & 2<c d=\xc3\xa9>c>a");
		buf_done(&s.b);
		arena_free(e.arena);
	}
}

static void a_document_that_is_broken_or_ends_early_says_where(void **state)
{
	(void)state;
	assert_refused(STR("<a>\n  <b></c>"), E_INPUT, "line 2, column 8: mismatched tag");
	assert_refused(STR("<a><b/>"), E_INPUT, "no element found");
	assert_refused(STR(""), E_INPUT, "no element found");
	assert_refused(STR("{\"error\": 1}"), E_INPUT, "line 1, column 1: not well-formed");
	assert_refused(STR("<a>\xff</a>"), E_INPUT, "not well-formed");
}

static void entities_of_the_documents_own_are_refused(void **state)
{
	(void)state;
	assert_refused(STR("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"), E_INPUT,
		"document type declaration is not taken");
	assert_refused(STR("<!DOCTYPE a SYSTEM \"http://127.0.0.1/x\"><a/>"), E_INPUT,
		"document type declaration is not taken");
	assert_refused(STR("<a>&b;</a>"), E_INPUT, "undefined entity");
}

static void depth_size_and_the_length_of_a_tag_have_limits(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	for (int i = 0; i < 65; i++)
		buf_cstr(&b, "<a>");
	assert_refused(buf_view(&b), E_LIMIT, "nested too deep");
	buf_clear(&b);
	buf_cstr(&b, "<a b='");
	for (int i = 0; i < 3 << 20; i++)
		buf_char(&b, 'x');
	assert_refused(buf_view(&b), E_LIMIT, "too long");
	buf_clear(&b);
	buf_cstr(&b, "<a");
	for (int i = 0; i < 201; i++)
		buf_printf(&b, " a%d=''", i);
	buf_cstr(&b, "/>");
	assert_refused(buf_view(&b), E_LIMIT, "too many attributes");
	buf_done(&b);
}

static void a_large_document_of_small_tags_is_fine_up_to_the_limit(void **state)
{
	struct err e = {.arena = arena_new()};
	struct xml *x = xml_new(e.arena, &(struct xml_events){0});
	struct buf b;
	size_t fed = 3;

	(void)state;
	buf_init(&b, 0);
	for (int i = 0; i < 50000; i++)
		buf_cstr(&b, "<property/>\n        ");
	assert_int_equal(xml_feed(x, STR("<a>"), &e), 0);
	for (; fed + b.len <= XML_BYTES_MAX; fed += b.len)
		assert_int_equal(xml_feed(x, buf_view(&b), &e), 0);
	assert_int_equal(xml_feed(x, buf_view(&b), &e), E_LIMIT);
	assert_string_equal(e.msg, "the document is larger than 64 MB");
	buf_done(&b);
	arena_free(e.arena);
}

static void what_a_handler_returns_ends_it(void **state)
{
	(void)state;
	assert_refused(STR("<a><stop/><b></a>"), E_CONFLICT, "enough");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			elements_and_attributes_come_without_prefixes_however_the_text_is_cut),
		cmocka_unit_test(a_document_that_is_broken_or_ends_early_says_where),
		cmocka_unit_test(entities_of_the_documents_own_are_refused),
		cmocka_unit_test(depth_size_and_the_length_of_a_tag_have_limits),
		cmocka_unit_test(a_large_document_of_small_tags_is_fine_up_to_the_limit),
		cmocka_unit_test(what_a_handler_returns_ends_it),
	};
	return cmocka_run_group_tests_name("base/xml", tests, NULL, NULL);
}
