/* sniff: what bytes are, by how they begin.
 *
 * Owner    literals. Failure none. Threads pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define SNIFF_LEN 4096 /* bytes that are enough */

/* "image/jpeg", "application/pdf", "application/zip", "text/plain" (text of whatever kind), ...; absent: nothing that is known. */
struct str sniff_type(struct str head);

/* May bytes that begin so be called this type? False for a declared image, PDF or office document that is none, and for HTML or a
 * program under the name of an image. What is not known is believed. */
bool sniff_fits(struct str mimetype, struct str head);

/* "image/png" of "Image/PNG; charset=x": lower case without parameters, in the text's own memory when that is how it is. absent when it
 * is no media type. */
struct arena;
struct str sniff_bare(struct arena *a, struct str mimetype);
