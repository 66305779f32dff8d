#include "mod/search/index_build.h"

#include <assert.h>

#include "mod/search/index_local.h"
#include "mod/search/index_words.h"

void search_index_build(struct search_index *ix)
{
	assert(!ix->docs_n);
	for (int i = 0; i < search_fields_n; i++)
		if (ix->postings[i])
			search_postings_build(ix->postings[i]);
}

void search_index_build_field(struct search_index *ix, int field)
{
	if (ix->postings[field])
		search_postings_built(ix->postings[field], ix->docs_n);
}

/* Long texts, then what few documents share, then the rest. */
static int turn_of(unsigned flags)
{
	return flags & SEARCH_TEXT ? 0 : flags & SEARCH_FACET ? 2 : 1;
}

int search_index_build_turn(int i)
{
	for (int turn = 0; turn <= 2; turn++)
		for (int field = 0; field < search_fields_n; field++)
			if (turn_of(search_fields[field].flags) == turn && !i--)
				return field;
	assert(!"as many turns as fields");
	return -1;
}
