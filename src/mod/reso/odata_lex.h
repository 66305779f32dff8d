/* odata_lex: cuts a $filter into words and literals, one ahead.
 *
 * Owner    the arena; words borrow from the text, texts in quotes are copied.
 * Failure  ODATA_STRANGE where nothing that OData knows begins. Threads pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;

enum odata_token {
	ODATA_END,
	ODATA_WORD,   /* eq, City, geo.distance, $it */
	ODATA_TEXT,   /* 'quoted' */
	ODATA_TYPED,  /* Name.Space'quoted': `type` is what stands before the quote */
	ODATA_NUMBER, /* with its sign */
	ODATA_DAY,    /* 2026-11-21 */
	ODATA_MOMENT, /* 2026-11-21T12:00:00Z */
	ODATA_CLOCK,  /* 12:00:00 */
	ODATA_OPEN,
	ODATA_CLOSE,
	ODATA_COMMA,
	ODATA_SLASH,
	ODATA_COLON,
	ODATA_MINUS,
	ODATA_STRANGE,
};

struct odata_lex {
	struct arena *a;
	struct str all;
	size_t at; /* just behind the token */
	enum odata_token token;
	size_t start;    /* where the token begins, from 0 */
	struct str word; /* the token's text; of TEXT and TYPED what the quotes hold */
	struct str type;
};

struct odata_lex odata_lex_of(struct arena *a, struct str text); /* stands at the first token */
void odata_lex_next(struct odata_lex *l);
bool odata_lex_is(const struct odata_lex *l, const char *word); /* that word, in any case */
