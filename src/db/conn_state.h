/* conn_state: the life of one shared connection. Private to src/db.
 *
 *   CLOSED ──> DIALING ──> READY <──> BUSY
 *     ^           │          │         │
 *     └───────────┴──────────┴─────────┘   any failure: back to CLOSED
 *
 * READY has nothing in flight, BUSY has. Only conn_set_state() in conn.c writes the state.
 *
 * Owner, failure, threads: pure functions over a table.
 */
#pragma once
#include <stdbool.h>

enum conn_state { CONN_CLOSED, CONN_DIALING, CONN_READY, CONN_BUSY, CONN_STATES };

const char *conn_state_name(enum conn_state s);
bool conn_state_may(enum conn_state from, enum conn_state to);
