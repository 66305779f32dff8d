/* highlight: the words of a text that a search has found, marked.
 *
 * A word is marked when it is one of those that q stood for, as the index spells it (index.h); marks go around whole words. Texts are
 * not escaped: whoever puts a snippet into a page escapes all but the tags.
 *
 * Owner    the arena given. Failure none. Threads pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "mod/search/index.h"

struct arena;
struct map;
struct search_look;

/* The words of a result, to look up by. n: how many of `matched` there are. */
struct map *search_highlight_words(struct arena *a, const struct search_matched *matched, size_t n);

struct search_highlight {
	struct str snippet; /* the text, or what stands around the first words that were found */
	struct str value;   /* the whole text; absent unless wanted */
	struct str *tokens; /* as they stand there, each once */
	size_t tokens_n;
};

/* false: nothing was found in it. */
bool search_highlight(struct arena *a, struct str text, const struct map *words,
	const struct search_look *look, bool is_full, struct search_highlight *ret);

/* A facet's value, with the words marked that begin with one of query's. */
struct str search_highlight_facet(struct arena *a, struct str value, struct str query,
	const struct search_look *look);
