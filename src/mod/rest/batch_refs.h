/* batch_refs: the body of POST /$batch, and references from one of its requests to the answers of earlier ones.
 *
 *     {"requests":[{"id":"a","method":"POST","path":"/items?select=id","headers":{"Prefer":"return=representation"},"body":{…}}, …]}
 *
 * or the bare array. A request without an id is called by its position, from 0. In a body {"$ref":"a.0.id"}, in a path {{a.0.id}}
 * stands for a value of the answer of "a": its first row's id. Steps are keys or positions.
 *
 * Owner    the arena; texts point into the body or into it.
 * Failure  -1 with PGRST102 (400); fault.request is the id of the request at fault. References are checked when the body is read:
 *          they name an earlier request. That the value is there is seen when it is put in.
 * Threads  pure apart from the arena.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;
struct json;
struct rest_fault;

#define REST_BATCH_MAX 100

struct rest_batch_part {
	struct str id;              /* as given, or the position */
	struct str method;          /* upper case */
	struct str path;            /* with references in it; begins with '/' */
	const struct json *headers; /* an object of strings, or NULL */
	const struct json *body;    /* NULL: none */
};

struct rest_batch {
	struct rest_batch_part *parts;
	size_t n;
};

int rest_batch_parse(struct arena *a, struct str text, struct rest_batch *ret_batch,
	struct rest_fault *f);

/* Part i names only earlier ones; rest_batch_parse() has asked. */
int rest_batch_check(struct arena *a, const struct rest_batch *b, size_t i, struct rest_fault *f);

/* A header that the part sends, whatever its case; absent when there is none. */
struct str rest_batch_header(const struct rest_batch_part *p, const char *name);

/* answers[k] is the JSON of part k's answer, NULL when it had none; those before part i are there. What is put into the path is
 * percent-encoded; between double quotes it is escaped as the grammar of filters wants it there. */
int rest_batch_path(struct arena *a, const struct rest_batch *b, size_t i,
	const struct json *const *answers, struct str *ret_path, struct rest_fault *f);

/* JSON text; absent when there is no body. A string is sent as it is when the part's Content-Type is another than JSON. */
int rest_batch_body(struct arena *a, const struct rest_batch *b, size_t i,
	const struct json *const *answers, struct str *ret_text, struct rest_fault *f);
