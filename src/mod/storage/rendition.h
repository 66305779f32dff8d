/* rendition: what a picture is wanted to look like: the parameters of /render/image, as clients and links say them.
 *
 * Owner    a value; its words are literals.
 * Failure  E_INPUT with a sentence that names the parameter. Names that are none of ours are passed over.
 * Threads  pure.
 * Units    pixels; quality in percent.
 */
#pragma once
#include "base/err.h"
#include "base/str.h"

struct arena;
struct json;

#define RENDITION_SIDE_MAX 2500

struct rendition {
	int width, height;  /* 0: as it comes */
	int quality;        /* 20 to 100 */
	const char *resize; /* cover, contain, fill */
	const char *format; /* origin, jpeg, png, webp, avif; NULL: what the client likes best */
};

#define RENDITION_PLAIN ((struct rendition){.quality = 80, .resize = "cover"})

/* query: raw, absent for none. */
int rendition_of_query(struct arena *a, struct str query, struct rendition *ret_want,
	struct err *e) MUST_CHECK;
/* transform: an object of a link's token. */
int rendition_of_json(struct arena *a, const struct json *transform, struct rendition *ret_want,
	struct err *e) MUST_CHECK;

/* Decides a format that was left open, by the Accept header: webp, or the picture's own. */
void rendition_settle(struct rendition *want, struct str accept);

/* "300x0-cover-80-webp": a file name. The format is settled. */
struct str rendition_name(struct arena *a, const struct rendition *want);
