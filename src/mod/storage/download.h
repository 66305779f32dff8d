/* download: an object's bytes as an answer: ranges, conditions, headers.
 *
 * Owner    ends the request. Failure -1 after storage_fault() or storage_fail(). Threads (waits).
 */
#pragma once

struct storage_call;
struct storage_object;

/* GET and HEAD. */
int storage_download(struct storage_call *c, const struct storage_object *o);
