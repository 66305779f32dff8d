/* markup: text as it stands in XML, and JSON as it may stand in a page.
 *
 * Owner    the buf. Failure none: what XML 1.0 cannot hold (controls, bytes that are no UTF-8) becomes U+FFFD. Threads any.
 */
#pragma once
#include "base/str.h"

struct buf;

/* For elements and for attributes in either kind of quotes. Absent: nothing. */
void site_markup_text(struct buf *b, struct str text);
/* <name>text</name>; nothing when it is absent. name is ours. */
void site_markup_element(struct buf *b, const char *name, struct str text);

/* JSON whose strings cannot end a script element: each < is written as \u003c. */
void site_markup_json(struct buf *b, struct str json);
