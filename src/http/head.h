/* head: the request line and headers of one request, gathered as the parser finds them.
 * Private to src/http.
 *
 * Owner    the arena given to http_head_init(). The texts handed out point into it and stay where they
 *          are once the head is complete (http_head_seal); before that any addition may move them.
 * Failure  none here; the parser keeps the sizes below the limits.
 * Threads  none.
 *
 * All text lies in one block, names and values one after the other, with offsets into it: a head costs
 * one or two allocations however many pieces it arrives in.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;

#define HTTP_MAX_FIELDS 100

struct http_field {
	uint32_t name, name_len, value, value_len; /* offsets into text, lengths */
};

struct http_head {
	struct arena *arena;
	char *text;
	uint32_t len, cap, target_len; /* the target is the first thing in text */
	struct http_field *fields;
	uint16_t n, fields_cap;
	bool in_value;  /* what the last field's next piece belongs to */
	uint64_t kinds; /* of names there are: one bit for each kind */
};

void http_head_init(struct http_head *h, struct arena *arena);

void http_head_add_target(struct http_head *h, const char *p, size_t len);
/* A piece of a name; after a value it begins a new field. false: there are HTTP_MAX_FIELDS already. */
bool http_head_add_name(struct http_head *h, const char *p, size_t len);
void http_head_add_value(struct http_head *h, const char *p, size_t len);

/* Takes the spaces off the ends of values. Nothing is added afterwards. */
void http_head_seal(struct http_head *h);

struct str http_head_target(const struct http_head *h);
struct str http_head_name(const struct http_head *h, size_t i);
struct str http_head_value(const struct http_head *h, size_t i);

/* The first field of this name (any case) from `from` on; -1 when there is none. */
int http_head_find(const struct http_head *h, struct str name, size_t from);
