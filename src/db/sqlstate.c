#include "db/sqlstate.h"

#include <string.h>

struct row {
	const char *state; /* five letters, or the two of a class */
	enum err_code code;
	const char *words; /* for the caller */
};

/* The first row that fits counts: single states before their class. */
static const struct row rows[] = {
	{"23505", E_CONFLICT, "there is already one like this"},
	{"23P01", E_CONFLICT, "it overlaps with another one"},
	{"23503", E_CONFLICT, "it refers to something that is not there, or is still referred to"},
	{"23001", E_CONFLICT, "it is still referred to"},
	{"23502", E_INPUT, "a value that is needed is missing"},
	{"23514", E_INPUT, "a value is outside of what is allowed"},
	{"40001", E_CONFLICT, "somebody else changed this at the same time"},
	{"40P01", E_CONFLICT, "somebody else changed this at the same time"},
	{"55P03", E_CONFLICT, "somebody else is changing this"},
	{"42501", E_RIGHT, "this is not allowed"},
	{"28", E_RIGHT, "the database does not accept this login"},
	{"25006", E_RIGHT, "nothing can be changed here at present"},
	{"21000", E_INPUT, "the request matches more than one row"},
	{"22", E_INPUT, "a value cannot be read"},
	{"P0001", E_INPUT, "the request was refused"},
	{"57014", E_TIMEOUT, "the database took too long"},
	{"25P03", E_TIMEOUT, "the transaction was left open for too long"},
	{"53", E_BUSY, "the database is overloaded"},
	{"57P", E_BUSY, "the database is restarting"},
	{"08", E_BUSY, "the connection to the database was lost"},
};

static const struct row unknown = {"", E_BUG, "the database refused a statement of ours"};

static const struct row *find(const char *state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strncmp(state, rows[i].state, strlen(rows[i].state)) == 0)
			return &rows[i];
	return &unknown;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int sqlstate_status(const char *s)
{
	if (s[0] != 'P' || s[1] != 'T' || !is_digit(s[2]) || !is_digit(s[3]) || !is_digit(s[4]))
		return 0;
	return (s[2] - '0') * 100 + (s[3] - '0') * 10 + (s[4] - '0');
}

static enum err_code code_of_status(int status)
{
	for (int code = E_INPUT; code >= E_FULL; code--)
		if (err_http_status(code) == status)
			return code;
	switch (status) {
	case 406:
	case 415:
	case 422: return E_INPUT;
	case 410: return E_ABSENT;
	case 412:
	case 423: return E_CONFLICT;
	case 402: return E_RIGHT;
	default: return status >= 400 && status < 500 ? E_INPUT : E_BUG;
	}
}

enum err_code sqlstate_code(const char *sqlstate)
{
	int status = sqlstate_status(sqlstate);

	return status ? code_of_status(status) : find(sqlstate)->code;
}

bool sqlstate_is_ours(const char *sqlstate)
{
	return sqlstate_status(sqlstate) != 0 || strcmp(sqlstate, "P0001") == 0;
}

int sqlstate_err(struct err *e, const struct db_error *why)
{
	bool ours = sqlstate_is_ours(why->sqlstate) && why->message[0];

	return err_set(e, sqlstate_code(why->sqlstate), "%s",
		ours ? why->message : find(why->sqlstate)->words);
}
