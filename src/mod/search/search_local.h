/* search_local: the module in this process, for the files of its HTTP API.
 *
 * Owner    start to stop of the module. Failure none. Threads the loop's.
 */
#pragma once
#include <stdint.h>

struct arena;
struct db;
struct listener;
struct search_store;
struct search_tries;
struct search_usual;
struct service;
struct sieve;

struct search_site {
	struct arena *arena;
	struct service *service;
	struct db *db;
	struct search_store *store;
	struct sieve
		*kept; /* who asked lately, and what has to stand beside listings; for seconds */
	struct search_tries *tries;
	struct search_usual *usual; /* which fields are asked for */
	struct listener *renewals;
	uint64_t profile_changes;           /* heard so far */
	uint64_t from_index, from_database; /* answers, by where their hits are from */
};

struct search_site *search_site(void); /* NULL: not in this process */
