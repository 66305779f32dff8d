/* call: which function /rpc/<name> means, and with which arguments (PostgREST API reference, "Functions as RPC").
 *
 * Owner    r->func borrows from the cache.
 * Failure  -1 with PGRST202 (404: none fits; details say what was looked for, hint what is near), PGRST203 (300: several do),
 *          PGRST102 for a body that only a single unnamed argument could take.
 * Threads  pure.
 */
#pragma once
#include <stdbool.h>

#include "base/str.h"

struct rest_func;
struct rest_request;

/* Sets r->func from r->name and the names of the arguments: r->query.args of GET and HEAD, r->body of POST. After both are read. */
int rest_call_choose(struct rest_request *r);

/* For rest_parse.is_arg: is it the name of an argument of any overload? func: the first overload (rest_cache_func()); NULL is fine. */
bool rest_call_is_arg(struct str name, const void *func);

/* The function takes the body as its one, unnamed argument. */
bool rest_call_is_whole(const struct rest_func *f);
