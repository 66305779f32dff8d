#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "mod/mail/builtin.h"
#include "mod/mail/template.h"

static struct arena *a;
static struct template_values values;

static int setup(void **state)
{
	struct err e = {0};
	(void)state;

	a = arena_new();
	values = (struct template_values){
		.values = json_parse(a,
			STR("{\"Token\": \"123\", \"SiteURL\": \"https://x/?a=1&b=2\", \"Email\": null,"
			    " \"Data\": {\"name\": \"<b>\\\"O'N\\\"\\n\", \"n\": 0, \"on\": true, \"off\": false, \"deep\": {\"er\": \"x\"},"
			    " \"list\": [{\"n\": 1, \"s\": \"<\"}, {\"n\": 2, \"in\": [{\"m\": 3}, {\"m\": 4}]}], \"none\": []}}"),
			&e)};
	assert_non_null(values.values);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static const char *rendered(const char *text, enum template_form form)
{
	struct err e = {.arena = a};
	struct buf b;

	buf_init(&b, 0);
	int code = template_render(&b, str_of(text), form, &values, &e);
	const char *out = code ? e.msg : str_cstr(a, buf_view(&b));
	buf_done(&b);
	return out;
}

static void fills_in(void **state)
{
	(void)state;
	assert_string_equal(rendered("a {{ .Token }} b", TEMPLATE_TEXT), "a 123 b");
	assert_string_equal(rendered("{{.Token}}{{- .Token -}}", TEMPLATE_TEXT), "123123");
	assert_string_equal(
		rendered("[{{ .Email }}{{ .RedirectTo }}{{ .Data.none.more }}{{ .Data }}]",
			TEMPLATE_TEXT),
		"[]");
	assert_string_equal(rendered("{{ .Data.deep.er }} {{ .Data.n }}", TEMPLATE_TEXT), "x 0");
	assert_string_equal(rendered("} { {a}", TEMPLATE_TEXT), "} { {a}");
}

static void escapes_by_form(void **state)
{
	(void)state;
	assert_string_equal(rendered("<i>{{ .Data.name }}", TEMPLATE_HTML),
		"<i>&lt;b&gt;&#34;O&#39;N&#34;\n");
	assert_string_equal(rendered("<i>{{ .Data.name }}", TEMPLATE_TEXT), "<i><b>\"O'N\"\n");
	assert_string_equal(rendered("{{ .Data.name }}!", TEMPLATE_LINE), "<b>\"O'N\" !");
	assert_string_equal(rendered("{{ .SiteURL }}", TEMPLATE_HTML), "https://x/?a=1&amp;b=2");
}

static void decides(void **state)
{
	(void)state;
	assert_string_equal(rendered("{{ if .Token }}yes{{ else }}no{{ end }}", TEMPLATE_TEXT),
		"yes");
	assert_string_equal(rendered("{{ if .Email }}yes{{ else }}no{{ end }}", TEMPLATE_TEXT),
		"no");
	assert_string_equal(
		rendered(
			"{{ if .Data.off }}a{{ end }}{{ if .Data.n }}b{{ end }}{{ if .Data.on }}c{{ end }}",
			TEMPLATE_TEXT),
		"c");
	assert_string_equal(
		rendered("{{ if .Email }}{{ if .Token }}a{{ else }}b{{ end }}{{ else }}c{{ end }}d",
			TEMPLATE_TEXT),
		"cd");
}

static void shows_no_codes_when_masked(void **state)
{
	(void)state;
	values.masked = true;
	assert_string_equal(rendered("{{ .Token }} {{ .Data.on }} {{ if .Token }}x{{ end }}",
				    TEMPLATE_LINE),
		"… true x");
}

static void says_what_is_wrong_and_where(void **state)
{
	(void)state;
	assert_string_equal(rendered("\n\n{{ .Token", TEMPLATE_TEXT), "line 3: {{ without }}");
	assert_string_equal(rendered("{{ if .Token }}", TEMPLATE_TEXT), "line 1: if without end");
	assert_string_equal(rendered("\n{{ end }}", TEMPLATE_TEXT), "line 2: end without if");
	assert_string_equal(rendered("{{ else }}", TEMPLATE_TEXT), "line 1: else without if");
	assert_string_equal(rendered("{{ .Token.x }}", TEMPLATE_TEXT),
		"line 1: only Data has names below it");
	assert_string_equal(rendered("{{ .Data.a b }}", TEMPLATE_TEXT),
		"line 1: a name has letters, digits, _ and - only");
	assert_string_equal(rendered("{{ }}", TEMPLATE_TEXT),
		"line 1: between {{ and }} stands .Name, if .Name, range .Name, else or end");
}

static void what_is_built_in_can_be_read(void **state)
{
	size_t n = 0;
	(void)state;

	for (const struct builtin_template *t = builtin_templates; t->name; t++, n++) {
		assert_int_equal(template_check(str_of(t->subject), NULL), 0);
		assert_int_equal(template_check(str_of(t->text), NULL), 0);
		assert_int_equal(template_check(str_of(t->html), NULL), 0);
		assert_ptr_equal(builtin_template(str_of(t->name)), t);
	}
	assert_int_equal(n, 8);
	assert_null(builtin_template(STR("nothing")));
}

static void goes_through_lists(void **state)
{
	(void)state;
	assert_string_equal(rendered("{{ range .Data.list }}{{ .n }}{{ .s }},{{ end }}.",
				    TEMPLATE_HTML),
		"1&lt;,2,.");
	assert_string_equal(
		rendered(
			"{{ range .Data.list }}{{ range .in }}{{ .m }}{{ $.Token }} {{ end }}{{ if .s }}s{{ else }}-{{ end }}{{ end }}",
			TEMPLATE_TEXT),
		"s3123 4123 -");
	assert_string_equal(rendered("{{ range .Data.none }}x{{ else }}none{{ end }}",
				    TEMPLATE_TEXT),
		"none");
	assert_string_equal(rendered("{{ range .Data.list }}x{{ else }}none{{ end }}",
				    TEMPLATE_TEXT),
		"xx");
	assert_string_equal(
		rendered(
			"{{ if .Data.off }}{{ range .Data.list }}x{{ else }}y{{ end }}{{ end }}{{ range .Token }}z{{ end }}",
			TEMPLATE_TEXT),
		"");
	assert_string_equal(rendered("{{ range .Data.list }}\n", TEMPLATE_TEXT),
		"line 2: if without end");
	assert_string_equal(rendered("{{ range .Nope }}{{ end }}", TEMPLATE_TEXT),
		"line 1: there is no such variable (SiteURL, ConfirmationURL, Token, TokenHash, RedirectTo, Email, NewEmail, UnsubscribeURL, Data.…)");
	assert_string_equal(
		rendered(
			"{{ range .Data.list }}{{ range .in }}{{ range .in }}{{ end }}{{ end }}{{ end }}",
			TEMPLATE_TEXT),
		"line 1: range within range, too deep");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(fills_in, setup, teardown),
		cmocka_unit_test_setup_teardown(goes_through_lists, setup, teardown),
		cmocka_unit_test_setup_teardown(escapes_by_form, setup, teardown),
		cmocka_unit_test_setup_teardown(decides, setup, teardown),
		cmocka_unit_test_setup_teardown(shows_no_codes_when_masked, setup, teardown),
		cmocka_unit_test_setup_teardown(says_what_is_wrong_and_where, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_built_in_can_be_read, setup, teardown),
	};
	return cmocka_run_group_tests_name("mod/mail_template", tests, NULL, NULL);
}
