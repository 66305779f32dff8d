/* xml: reads XML as it comes in, piece by piece, telling of elements and their attributes. The only user of expat.
 *
 *     struct xml *x = xml_new(a, &(struct xml_events){.start = on_start, .end = on_end, .arg = me});
 *     ... xml_feed(x, piece, e) for each piece, then xml_end(x, e)
 *
 * For documents of strangers: no document type, so neither entities of their own nor external ones; limits on size, depth and on how long
 * one tag may be, so memory is flat whatever comes. Text between tags is not told of. Names come without their prefix.
 *
 * Owner    the arena, which frees the parser; names and values are valid during the call.
 * Failure  E_INPUT with line and column; E_LIMIT. After a failure everything fails with it. A handler that returns a code ends the parsing
 *          with it.
 * Threads  none.
 * Source   XML 1.0 (fifth edition).
 */
#pragma once
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct xml;

#define XML_BYTES_MAX (64u << 20)
#define XML_DEPTH_MAX 64
#define XML_TAG_MAX (1u << 20)

struct xml_attribute {
	struct str name, value;
};

struct xml_element {
	struct str name;
	const struct xml_attribute *attributes;
	size_t n;
};

struct xml_events {
	/* Either may be NULL. */
	int (*start)(const struct xml_element *element, void *arg, struct err *e);
	int (*end)(struct str name, void *arg, struct err *e);
	void *arg;
};

struct xml *xml_new(struct arena *a, const struct xml_events *events);
int xml_feed(struct xml *x, struct str piece, struct err *e) MUST_CHECK;
int xml_end(struct xml *x, struct err *e) MUST_CHECK; /* refuses a document that is not complete */

/* The value of an attribute; absent without it. */
struct str xml_attribute(const struct xml_element *element, const char *name);
