#include "http/conn_state.h"

#define TO(s) (1u << HTTP_CONN_##s)
#define END (TO(LINGER) | TO(CLOSED))
#define OPEN (TO(IDLE) | TO(HEAD) | TO(BODY) | TO(WORK) | TO(SEND))

static const struct {
	const char *name;
	unsigned next;
} table[HTTP_CONN_STATES] = {
	[HTTP_CONN_IDLE] = {"idle", OPEN | END},
	[HTTP_CONN_HEAD] = {"head", OPEN | END},
	[HTTP_CONN_BODY] = {"body", OPEN | END},
	[HTTP_CONN_WORK] = {"work", OPEN | END},
	[HTTP_CONN_SEND] = {"send", OPEN | END},
	[HTTP_CONN_LINGER] = {"linger", TO(CLOSED)},
	[HTTP_CONN_CLOSED] = {"closed", 0},
};

const char *http_conn_state_name(enum http_conn_state s)
{
	return table[s].name;
}

bool http_conn_state_may(enum http_conn_state from, enum http_conn_state to)
{
	return table[from].next & TO(IDLE) << to;
}
