/* gen_people: the agents and offices of the generated market. All invented; telephone numbers are of
 * the range kept for fiction (555-01xx), mail addresses end in .example.
 *
 * Owner    the caller's struct. Failure none. Threads pure.
 */
#pragma once
#include <stdint.h>

struct gen_world;

#define GEN_NOBODY UINT32_MAX

struct gen_person {
	uint64_t key; /* its 16 hex digits, twice mixed, are the MemberKey */
	uint32_t office;
	const char *first, *last;
	int line; /* 100 .. 199: the last digits of the telephone number */
};

struct gen_office {
	uint64_t key;
	char name[48], domain[40];
	int line;
};

/* How many agents work in this market; about one for twelve listings. */
uint32_t gen_people_n(const struct gen_world *world);
struct gen_person gen_person_at(const struct gen_world *world, uint32_t i);
struct gen_office gen_office_at(const struct gen_world *world, uint32_t i);
