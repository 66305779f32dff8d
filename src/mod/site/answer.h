/* answer: an answer of a site as it is kept and as it is sent: hash, compressed form, headers (RFC 9110 8.8.3, 13.1.2; RFC 9111; RFC 5861).
 *
 * Owner    the arena. Failure none. Threads one loop.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct arena;
struct buf;
struct site_answer;
struct site_call;
struct site_page;

/* is_settled: nothing changed meanwhile; else it is for who asked, and nobody on the way may keep it. */
void site_answer_make(struct arena *a, const struct site_page *page, const struct buf *out,
	const struct buf *keys, bool is_settled, struct site_answer *ret);

/* 200, or 304 when the client has it already. Ends the request. */
void site_answer_send(struct site_call *c, const struct site_answer *answer, bool is_new);

/* Accept-Encoding takes gzip. */
bool site_answer_may_pack(struct site_call *c);
