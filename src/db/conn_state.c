#include "db/conn_state.h"

#define TO(s) (1u << (s))

static const struct {
	const char *name;
	unsigned next;
} table[CONN_STATES] = {
	[CONN_CLOSED] = {"closed", TO(CONN_DIALING)},
	[CONN_DIALING] = {"dialing", TO(CONN_READY) | TO(CONN_CLOSED)},
	[CONN_READY] = {"ready", TO(CONN_BUSY) | TO(CONN_CLOSED)},
	[CONN_BUSY] = {"busy", TO(CONN_READY) | TO(CONN_CLOSED)},
};

const char *conn_state_name(enum conn_state s)
{
	return table[s].name;
}

bool conn_state_may(enum conn_state from, enum conn_state to)
{
	return (table[from].next & TO(to)) != 0;
}
