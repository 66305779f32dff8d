/* Any bytes: words stand in their order within the text, are short and well-formed, and folding them again changes nothing. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "mod/search/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str text = str_from(data, size);
	struct search_word *words, *few;
	size_t n = search_words(a, text, SIZE_MAX, &words), end = 0;

	for (size_t i = 0; i < n; i++) {
		assert(words[i].text.len && words[i].text.len <= SEARCH_WORD_MAX);
		assert(str_is_utf8(words[i].text));
		assert(str_find_char(words[i].text, ' ') < 0 &&
			str_find_char(words[i].text, 0) < 0);
		assert(words[i].len && words[i].at + words[i].len <= size);
		/* one character may be several words: ½ */
		assert(words[i].at >= end || words[i].at == words[i - 1].at);
		end = words[i].at + words[i].len;
	}
	assert(search_words(a, text, n / 2, &few) == n / 2);
	for (size_t i = 0; i < n / 2; i++)
		assert(str_eq(few[i].text, words[i].text));
	struct str joined = search_words_joined(a, text);
	assert(str_eq(search_words_joined(a, joined), joined));
	arena_free(a);
	return 0;
}
