#include "db/result.h"

#include <assert.h>
#include <libpq-fe.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "db/result_local.h"

PGresult *result_pg(const struct result *r)
{
	return (PGresult *)(uintptr_t)r;
}

struct result *result_of(PGresult *pg)
{
	return (struct result *)pg;
}

int result_rows(const struct result *r)
{
	return PQntuples(result_pg(r));
}

int result_cols(const struct result *r)
{
	return PQnfields(result_pg(r));
}

static PGresult *with_col(const struct result *r, int col)
{
	PGresult *pg = result_pg(r);

	assert(col >= 0 && col < PQnfields(pg));
	return pg;
}

const char *result_name(const struct result *r, int col)
{
	return PQfname(with_col(r, col), col);
}

unsigned result_oid(const struct result *r, int col)
{
	return PQftype(with_col(r, col), col);
}

void result_oids(const struct result *r, unsigned *ret_oids)
{
	PGresult *pg = result_pg(r);

	for (int i = 0, n = PQnfields(pg); i < n; i++)
		ret_oids[i] = PQftype(pg, i);
}

unsigned result_table_oid(const struct result *r, int col)
{
	return PQftable(with_col(r, col), col);
}

int result_col(const struct result *r, const char *name)
{
	PGresult *pg = result_pg(r);

	for (int i = 0, n = PQnfields(pg); i < n; i++)
		if (strcmp(PQfname(pg, i), name) == 0)
			return i;
	return -1;
}

static PGresult *with_row(const struct result *r, int row, int col)
{
	PGresult *pg = with_col(r, col);

	assert(row >= 0 && row < PQntuples(pg));
	return pg;
}

bool result_is_null(const struct result *r, int row, int col)
{
	return PQgetisnull(with_row(r, row, col), row, col);
}

struct str result_text(const struct result *r, int row, int col)
{
	PGresult *pg = with_row(r, row, col);
	size_t len = (size_t)PQgetlength(pg, row, col);

	if (len == 0 && PQgetisnull(pg, row, col))
		return STR_NULL;
	return str_from(PQgetvalue(pg, row, col), len);
}

void result_row(const struct result *r, int row, struct str *ret_texts)
{
	PGresult *pg = result_pg(r);

	assert(row >= 0 && row < PQntuples(pg));
	for (int i = 0, n = PQnfields(pg); i < n; i++) {
		size_t len = (size_t)PQgetlength(pg, row, i);
		bool is_null = len == 0 && PQgetisnull(pg, row, i);
		ret_texts[i] = is_null ? STR_NULL : str_from(PQgetvalue(pg, row, i), len);
	}
}

int64_t result_i64(const struct result *r, int row, int col)
{
	int64_t n = 0;
	bool ok = str_to_i64(result_text(r, row, col), &n);

	assert(ok && "result_i64: not an integer");
	return n;
}

double result_f64(const struct result *r, int row, int col)
{
	struct str s = result_text(r, row, col);
	double x = 0;

	if (str_eq(s, STR("NaN")))
		return NAN;
	if (str_eq(s, STR("Infinity")))
		return INFINITY;
	if (str_eq(s, STR("-Infinity")))
		return -INFINITY;
	bool ok = str_to_f64(s, &x);
	assert(ok && "result_f64: not a number");
	return x;
}

bool result_bool(const struct result *r, int row, int col)
{
	struct str s = result_text(r, row, col);

	assert(s.p && s.len == 1 && (s.p[0] == 't' || s.p[0] == 'f') && "result_bool: not a bool");
	return s.p[0] == 't';
}

static unsigned nibble(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a') + 10;
}

struct str result_bytes(const struct result *r, int row, int col, struct arena *a)
{
	struct str s = result_text(r, row, col);

	if (!s.p)
		return STR_NULL;
	assert(str_starts(s, STR("\\x")) && s.len % 2 == 0 && "result_bytes: not a bytea");
	size_t len = s.len / 2 - 1;
	char *bytes = arena_alloc(a, len);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (char)(nibble(s.p[2 + 2 * i]) << 4 | nibble(s.p[3 + 2 * i]));
	return str_from(bytes, len);
}

int64_t result_affected(const struct result *r)
{
	return strtoll(PQcmdTuples(result_pg(r)), NULL, 10);
}

const char *result_command(const struct result *r)
{
	return PQcmdStatus(result_pg(r));
}

static const char *field(struct arena *a, const PGresult *pg, int code)
{
	const char *s = PQresultErrorField(pg, code);

	return s ? arena_dup(a, s, strlen(s)) : "";
}

void result_error(const PGresult *pg, struct arena *a, struct db_error *ret_error)
{
	const char *state = PQresultErrorField(pg, PG_DIAG_SQLSTATE);

	*ret_error = (struct db_error){
		.message = field(a, pg, PG_DIAG_MESSAGE_PRIMARY),
		.detail = field(a, pg, PG_DIAG_MESSAGE_DETAIL),
		.hint = field(a, pg, PG_DIAG_MESSAGE_HINT),
		.schema = field(a, pg, PG_DIAG_SCHEMA_NAME),
		.table = field(a, pg, PG_DIAG_TABLE_NAME),
		.column = field(a, pg, PG_DIAG_COLUMN_NAME),
		.constraint = field(a, pg, PG_DIAG_CONSTRAINT_NAME),
		.context = field(a, pg, PG_DIAG_CONTEXT),
		.position = atoi(field(a, pg, PG_DIAG_STATEMENT_POSITION)),
	};
	if (state && strlen(state) == 5)
		memcpy(ret_error->sqlstate, state, 6);
	if (!ret_error->message[0]) {
		/* libpq's own words, as when memory ran out or the protocol was broken */
		const char *words = PQresultErrorMessage(pg);
		ret_error->message = arena_dup(a, words, strcspn(words, "\n"));
	}
}
