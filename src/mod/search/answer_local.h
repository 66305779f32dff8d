/* answer_local: between the files of answer. Not for others.
 *
 * Owner, failure, threads: as answer.h.
 */
#pragma once
#include <stdint.h>

#include "mod/search/access.h"
#include "mod/search/asked.h"
#include "mod/search/document.h"
#include "mod/search/highlight.h"
#include "mod/search/index.h"

struct arena;
struct jsonw;
struct map;

struct answer {
	struct arena *arena;
	const struct search_access *who;
	int64_t began_us;
	struct search_asked asked;
	struct search_result found;
	struct search_notice notice;
	struct search_documents documents;
	bool is_from_index; /* the hits have all that is shown of them */
	struct map *words;  /* that q stood for */
};

struct str answer_u64(struct arena *a, uint64_t n);

/* A value as documents have it; absent: null. */
void answer_write_key(struct jsonw *w, enum search_type type, struct str text);

void answer_write_marks(struct jsonw *w, struct answer *s, const struct search_document *d);
void answer_write_facets(struct jsonw *w, struct answer *s);
