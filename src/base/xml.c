#include "base/xml.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define PIECE (64u << 10) /* what goes to expat at once, so that its buffer stays small */
#define ATTRIBUTES_MAX 200

struct xml {
	XML_Parser parser;
	struct xml_events events;
	unsigned depth;
	size_t fed;
	struct err *e; /* of the call under way */
	int code;      /* of the first failure */
	struct xml_attribute attributes[ATTRIBUTES_MAX];
};

static struct str local(const char *name)
{
	const char *colon = strchr(name, ':');

	return str_of(colon ? colon + 1 : name);
}

static void stop(struct xml *x, int code)
{
	x->code = code;
	XML_StopParser(x->parser, XML_FALSE);
}

static int at_line(struct xml *x, enum err_code code, const char *words)
{
	return err_set(x->e, code, "line %lu, column %lu: %s",
		(unsigned long)XML_GetCurrentLineNumber(x->parser),
		(unsigned long)XML_GetCurrentColumnNumber(x->parser) + 1, words);
}

static void on_start(void *arg, const XML_Char *name, const XML_Char **atts)
{
	struct xml *x = arg;
	struct xml_element element = {.name = local(name), .attributes = x->attributes};

	if (x->code)
		return;
	if (++x->depth > XML_DEPTH_MAX) {
		stop(x, at_line(x, E_LIMIT, "elements are nested too deep"));
		return;
	}
	for (; atts[0] && element.n < ATTRIBUTES_MAX; atts += 2)
		x->attributes[element.n++] =
			(struct xml_attribute){local(atts[0]), str_of(atts[1])};
	if (atts[0]) {
		stop(x, at_line(x, E_LIMIT, "an element has too many attributes"));
		return;
	}
	int code = x->events.start ? x->events.start(&element, x->events.arg, x->e) : 0;
	if (code)
		stop(x, code);
}

static void on_end(void *arg, const XML_Char *name)
{
	struct xml *x = arg;

	if (x->code)
		return;
	x->depth--;
	int code = x->events.end ? x->events.end(local(name), x->events.arg, x->e) : 0;
	if (code)
		stop(x, code);
}

/* Entities of one's own and external ones begin here, and nothing that we read has one. */
static void on_doctype(void *arg, const XML_Char *name, const XML_Char *sysid,
	const XML_Char *pubid, int has_internal)
{
	struct xml *x = arg;

	(void)name, (void)sysid, (void)pubid, (void)has_internal;
	if (!x->code)
		stop(x, at_line(x, E_INPUT, "a document type declaration is not taken"));
}

static void done(void *p)
{
	struct xml *x = p;

	XML_ParserFree(x->parser);
}

struct xml *xml_new(struct arena *a, const struct xml_events *events)
{
	struct xml *x = ARENA_NEW(a, struct xml);

	x->events = *events;
	x->parser = XML_ParserCreate(NULL);
	if (!x->parser)
		abort();
	arena_defer(a, done, x);
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	return x;
}

static int feed(struct xml *x, struct str piece, int is_last, struct err *e)
{
	x->e = e;
	enum XML_Status status = XML_Parse(x->parser, piece.p, (int)piece.len, is_last);
	x->fed += piece.len;
	if (!x->code && status != XML_STATUS_OK)
		x->code = at_line(x, E_INPUT, XML_ErrorString(XML_GetErrorCode(x->parser)));
	/* What expat has not told of is one unfinished tag, which it looks at anew with each piece. */
	XML_Index at = XML_GetCurrentByteIndex(x->parser);
	if (!x->code && !is_last && at >= 0 && x->fed - (size_t)at > XML_TAG_MAX + PIECE)
		x->code = at_line(x, E_LIMIT, "a tag or text is too long");
	x->e = NULL;
	return x->code;
}

int xml_feed(struct xml *x, struct str piece, struct err *e)
{
	if (x->code)
		return err_set(e, (enum err_code)x->code, "the document was refused before");
	if (piece.len > XML_BYTES_MAX - x->fed)
		return x->code = err_set(e, E_LIMIT, "the document is larger than %u MB",
			       XML_BYTES_MAX >> 20);
	while (piece.len) {
		struct str part = str_sub(piece, 0, PIECE);
		if (feed(x, part, 0, e))
			return x->code;
		piece = str_sub(piece, part.len, piece.len);
	}
	return 0;
}

int xml_end(struct xml *x, struct err *e)
{
	if (x->code)
		return err_set(e, (enum err_code)x->code, "the document was refused before");
	return feed(x, STR(""), 1, e);
}

struct str xml_attribute(const struct xml_element *element, const char *name)
{
	for (size_t i = 0; i < element->n; i++)
		if (str_eq(element->attributes[i].name, str_of(name)))
			return element->attributes[i].value;
	return STR_NULL;
}
