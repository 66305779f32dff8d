/* tries: keys that are none, and who sends them. Each costs the database a look, so one network may send TRIES_MOST different ones a minute
 * (and as many at once); what was none a moment ago is so still.
 *
 * In this process: several share nothing.
 *
 * Owner    search_tries_new() to search_tries_free(). Failure none. Threads the loop's.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define TRIES_MOST 60

struct search_tries;

struct search_tries *search_tries_new(void) __attribute__((returns_nonnull));
void search_tries_free(struct search_tries *t); /* NULL is fine */

/* Before a key is looked up; false: not now. network absent: nobody's limit. */
bool search_tries_take(struct search_tries *t, struct str network, int64_t now_us);
void search_tries_give_back(struct search_tries *t, struct str network); /* it is one */

/* A key, by its hash, was looked up and is none. */
void search_tries_failed(struct search_tries *t, struct str hash, int64_t now_us);
bool search_tries_was_none(struct search_tries *t, struct str hash, int64_t now_us);
