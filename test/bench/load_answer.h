/* load_answer: reads HTTP/1.1 answers as they come, and keeps of them what a measurement needs.
 *
 * Owner    the caller; nothing is allocated.
 * Failure  LOAD_BROKEN: not HTTP, or a head over 16 KB.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum load_state { LOAD_MORE, LOAD_DONE, LOAD_BROKEN };

enum load_part { LOAD_HEAD, LOAD_SIZED, LOAD_CHUNK_SIZE, LOAD_CHUNK, LOAD_CHUNK_END, LOAD_TRAILER };

struct load_answer {
	enum load_part part;
	size_t head_len;
	uint64_t left; /* of the body, or of the chunk */
	size_t line;   /* bytes of the trailer's line, or of the chunk's size */
	int status;
	bool closes;   /* the server ends the connection after this answer */
	uint64_t body; /* bytes of it, without the chunks' framing */
	size_t n_said;
	char said[200]; /* how it begins, for a complaint */
	char head[16384];
};

void load_answer_begin(struct load_answer *a);

/* Takes up to n bytes and says in *ret_used how many belong to this answer. */
enum load_state load_answer_take(struct load_answer *a, const char *bytes, size_t n,
	size_t *ret_used);
