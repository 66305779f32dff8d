/* conn_state: what a server's connection is waiting for. Private to src/http.
 *
 *          ┌──────> HEAD ─────> BODY ──┐
 *   IDLE ──┤          │          │     ├──> WORK ──> SEND ──> IDLE
 *     ^    └──────────┴──────────┴─────┘      │        │
 *     └───────────────────────────────────────┴────────┘
 *   any ──> LINGER ──> CLOSED         any ──> CLOSED
 *
 * The state is found anew at the end of every turn, so steps between are left out when a whole request
 * comes and is answered at once. Each state has its list in the server, oldest first, and its timeout:
 *
 *   IDLE    the first byte of a request      idle_timeout_ms
 *   HEAD    the rest of a head               header_timeout_ms
 *   BODY    more of a body                   body_timeout_ms, min_body_rate
 *   WORK    our handlers                     none: it is not the client's fault
 *   SEND    room in the client's window      send_timeout_ms
 *   LINGER  the client to notice the end     HTTP_LINGER_MS
 */
#pragma once
#include <stdbool.h>

enum http_conn_state {
	HTTP_CONN_IDLE,
	HTTP_CONN_HEAD,
	HTTP_CONN_BODY,
	HTTP_CONN_WORK,
	HTTP_CONN_SEND,
	HTTP_CONN_LINGER,
	HTTP_CONN_CLOSED,
	HTTP_CONN_STATES,
};

const char *http_conn_state_name(enum http_conn_state s);
bool http_conn_state_may(enum http_conn_state from, enum http_conn_state to);
