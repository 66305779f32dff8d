/* Any bytes as a template: it is refused with a line, or filled in; and its html form never shows a value's markup. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "mod/mail/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int render(struct arena *a, struct str text, enum template_form form,
	const struct template_values *values, struct str *ret_out, struct err *e)
{
	struct buf b;

	buf_init(&b, 0);
	int code = template_render(&b, text, form, values, e);
	*ret_out = str_copy(a, buf_view(&b));
	buf_done(&b);
	return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a}, again = {.arena = a};
	struct str text = str_from(data, size), plain, html;
	struct template_values values = {
		json_parse(a,
			STR("{\"Token\": \"<\\u0001>\", \"Data\": {\"a\": \"<\\u0001>\", \"l\": [{\"a\": \"<\\u0001>\"}, 1]}}"),
			NULL),
		false};

	int code = render(a, text, TEMPLATE_TEXT, &values, &plain, &e);
	assert(code == render(a, text, TEMPLATE_HTML, &values, &html, &again));
	assert(code == template_check(text, NULL));
	if (code)
		assert(str_starts(str_of(e.msg), STR("line ")));
	else if (str_find(text, STR("<\x01>")) < 0)
		assert(str_find(html, STR("<\x01>")) < 0);
	if (!code && str_find(text, STR("{{")) < 0)
		assert(str_eq(plain, text));
	arena_free(a);
	return 0;
}
