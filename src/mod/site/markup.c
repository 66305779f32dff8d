#include "mod/site/markup.h"

#include <stdbool.h>

#include "base/buf.h"

static const char *entity(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

/* XML 1.0 2.2: what UTF-8 can hold and a document cannot. */
static bool is_foreign(struct str s)
{
	unsigned char c = (unsigned char)s.p[0];

	if (c < 0x20)
		return c != '\t' && c != '\n' && c != '\r';
	return s.len >= 3 && c == 0xef && (unsigned char)s.p[1] == 0xbf &&
		(unsigned char)s.p[2] >= 0xbe;
}

static size_t width(char c)
{
	unsigned char lead = (unsigned char)c;

	return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

void site_markup_text(struct buf *b, struct str text)
{
	size_t good = str_utf8_prefix(text);

	for (size_t i = 0; i < text.len;) {
		if (i >= good) {
			buf_cstr(b, "\xef\xbf\xbd");
			i++;
			good = i + str_utf8_prefix(str_sub(text, i, text.len));
			continue;
		}
		size_t n = width(text.p[i]);
		if (is_foreign(str_sub(text, i, text.len)))
			buf_cstr(b, "\xef\xbf\xbd");
		else if (entity(text.p[i]))
			buf_cstr(b, entity(text.p[i]));
		else
			buf_add(b, text.p + i, n);
		i += n;
	}
}

void site_markup_element(struct buf *b, const char *name, struct str text)
{
	if (!text.p)
		return;
	buf_printf(b, "<%s>", name);
	site_markup_text(b, text);
	buf_printf(b, "</%s>", name);
}

void site_markup_json(struct buf *b, struct str json)
{
	size_t from = 0;

	for (size_t i = 0; i < json.len; i++)
		if (json.p[i] == '<') {
			buf_add(b, json.p + from, i - from);
			buf_cstr(b, "\\u003c");
			from = i + 1;
		}
	buf_add(b, json.p + from, json.len - from);
}
