/* talk: a request, or several, in one transaction of many steps on a connection of its own: streams, $batch, If-Match.
 *
 * Owner    the session is the caller's, in his fiber.
 * Failure  -1 with r->fault. Threads one loop; all of it waits.
 */
#pragma once
#include <stdbool.h>

struct rest_request;
struct session;

/* begin, isolation level (NULL: as role and function have it), preamble, settings, pre-request. */
int rest_talk_open(struct rest_request *r, struct session *s, const char *isolation);

/* Runs r->plan and makes the answer (r->on_answer is called), a refusal too. Settings of r that differ from those of the transaction's
 * opening are set first. */
void rest_talk_run(struct rest_request *r, struct session *s);

/* Commits, or rolls back where r says so. */
int rest_talk_close(struct rest_request *r, struct session *s);

/* A session, or PGRST003. */
struct session *rest_talk_session(struct rest_request *r);
