/* multipart: a multipart/form-data body (RFC 7578) taken apart while it comes, in flat memory.
 *
 *     multipart_init(&m, boundary, &(struct multipart_to){on_field, on_file, on_bytes, arg});
 *     multipart_feed(&m, piece) ...  multipart_end(&m)
 *
 * Owner    the caller: multipart_init() to multipart_done(). What callbacks get is valid during the call.
 * Failure  E_INPUT with words; a callback's code is returned as it is, and nothing is called any more.
 * Threads  as the callbacks, which may wait.
 * Units    bytes.
 */
#pragma once
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct arena;

#define MULTIPART_FIELD_MAX (128 * 1024) /* of one field that is no file */
#define MULTIPART_FIELDS 32

struct multipart_part {
	struct str name, filename; /* absent when not said */
	struct str type;           /* Content-Type; absent when not said */
};

struct multipart_to {
	int (*on_field)(struct str name, struct str value, void *arg, struct err *e);
	/* The first part with a filename begins. Further ones are read and dropped. */
	int (*on_file)(const struct multipart_part *part, void *arg, struct err *e);
	int (*on_bytes)(struct str piece, void *arg, struct err *e);
	void *arg;
};

struct multipart {
	struct multipart_to to;
	struct arena *arena;
	struct str delimiter; /* "\r\n--boundary" */
	struct buf held;      /* not yet taken apart */
	struct buf value;     /* of the field under way */
	struct multipart_part part;
	enum {
		MULTIPART_START,
		MULTIPART_HEAD,
		MULTIPART_FIELD,
		MULTIPART_FILE,
		MULTIPART_DROP,
		MULTIPART_OVER
	} state;
	int fields;
	bool had_file;
};

/* The boundary of a Content-Type; absent when there is none that is right. */
struct str multipart_boundary(struct arena *a, struct str content_type);

void multipart_init(struct multipart *m, struct arena *a, struct str boundary,
	const struct multipart_to *to);
void multipart_done(struct multipart *m);
int multipart_feed(struct multipart *m, struct str piece, struct err *e) MUST_CHECK;
/* The body is over: E_INPUT when it was cut off, or had no file. */
int multipart_end(struct multipart *m, struct err *e) MUST_CHECK;
