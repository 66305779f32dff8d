/* listen_local: the listening connection as db.c sees it. Private to src/db. */
#pragma once

struct listening;

void listen_free(struct listening *l); /* no listener may be left; NULL is fine */
