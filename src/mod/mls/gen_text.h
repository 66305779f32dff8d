/* gen_text: puts words into sentences, without the price of printf.
 *
 * A template is plain text with {x}, where x is a lower-case letter that names a word.
 *
 * Owner    the caller's buffer.
 * Failure  text that does not fit is cut off; the result always ends with a NUL.
 * Threads  pure.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* A buffer being filled. */
struct gen_out {
	char *at, *end; /* end: the last byte, kept for the NUL */
};

/* What {a} .. {z} stand for; NULL adds nothing. */
struct gen_words {
	const char *word[26];
};

#define GEN_WORD(w, letter) ((w)->word[(letter) - 'a'])

struct gen_out gen_out_of(char *p, size_t cap);
void gen_add(struct gen_out *o, const char *text); /* NULL adds nothing */
void gen_add_int(struct gen_out *o, int64_t n);
void gen_add_thousands(struct gen_out *o, int64_t n); /* 1,650 */
void gen_add_hex(struct gen_out *o, uint64_t n);      /* 16 digits */
void gen_fill(struct gen_out *o, const char *pattern, const struct gen_words *words);
